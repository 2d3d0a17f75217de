"""The registry: the ECR repository and the S3 bucket of a stage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.stacks import Stack, read_stack
from pipeline.errors import PipelineError


class Registry(NamedTuple):
    """Where images and release records are; names are empty where there is no such stack."""

    repository: str
    repository_uri: str
    bucket: str

    @property
    def host(self) -> str:
        """The registry's host, which Docker logs in to."""
        return self.repository_uri.partition("/")[0]


def registry_of(stack: Stack) -> Registry:
    """Read the registry's names in the outputs of its stack."""
    keys = ("RepositoryName", "RepositoryUri", "BucketName")
    return Registry(*(stack.outputs.get(key, "") for key in keys))


def find_registry(stack: str, scratch: Path, command: str) -> Registry:
    """Find the registry that a stack has made, and ask for it once a run.

    Args:
        stack: its name.
        scratch: a folder of this run.
        command: what creates the registry.

    Raises:
        PipelineError: there is no registry.
    """
    file = _file(stack, scratch)
    if file.is_file():
        return Registry(*json.loads(file.read_text(encoding="utf-8")))
    found = read_stack(stack)
    remember(found, scratch)
    if not all(registry_of(found)):
        raise PipelineError(f"the stage has no registry (stack {stack}). Create it: {command}")
    return registry_of(found)


def remember(stack: Stack, scratch: Path) -> None:
    """Keep the names of a registry for the later steps of this run, if there is one."""
    found = registry_of(stack)
    if all(found):
        _file(stack.name, scratch).write_text(json.dumps(found), encoding="utf-8")


def _file(stack: str, scratch: Path) -> Path:
    return scratch / f"{stack}.json"
