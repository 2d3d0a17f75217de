"""The registry: the ECR repository and the S3 bucket of a stage."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.cloud.stacks import Stack
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


def required(stack: Stack, command: str) -> Registry:
    """Read the registry's names, which must be there.

    Args:
        stack: the registry's.
        command: what creates it.

    Raises:
        PipelineError: there is no registry.
    """
    found = registry_of(stack)
    if not all(found):
        raise PipelineError(f"the stage has no registry (stack {stack.name}). Create it: {command}")
    return found
