"""What a model, its stacks and its objects in the bucket are called."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SettingsError

PROJECT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PROJECT_LENGTHS = range(2, 41)
STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,110}")
PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
EXPORTED = ("TEMPLATE_REGISTRY", "TEMPLATE_LAMBDA", "PREFIX_LAMBDA")


class Names(NamedTuple):
    """The names of one model in one stage.

    Attributes:
        project: the model's; its function is `<project>-<stage>`.
        registry_project: the registry's, which several models may share.
        registry_stack: the stack of the repository and the bucket.
        function_stack: the stack of the function and its API.
        prefix: where the model's objects are in the bucket.
    """

    project: str
    registry_project: str
    registry_stack: str
    function_stack: str
    prefix: str


def names(directory: Path | None, environ: Mapping[str, str], stage: str) -> Names:
    """Derive the names from the directory's; exported ones win.

    Args:
        directory: the model directory, or a model's file; None where the stacks are exported.
        environ: `PROJECT`, `TEMPLATE_REGISTRY`, `TEMPLATE_LAMBDA`, `PREFIX_LAMBDA`, where set.
        stage: dev, stage or prod.

    Raises:
        SettingsError: a name that AWS would refuse, or none to be had.
    """
    project = environ.get("PROJECT") or _project(directory, environ)
    registry = environ.get("TEMPLATE_REGISTRY") or f"{project}-registry"
    function = environ.get("TEMPLATE_LAMBDA") or _function_stack(project)
    prefix = environ.get("PREFIX_LAMBDA") or f"sam_templates/{function}"
    registry_project = re.sub("-registry$", "", registry)
    _check_project(project, "PROJECT")
    _check_project(registry_project, "TEMPLATE_REGISTRY")
    _check("TEMPLATE_REGISTRY", registry, STACK)
    _check("TEMPLATE_LAMBDA", function, STACK)
    _check("PREFIX_LAMBDA", prefix, PREFIX)
    stacks = (f"{registry}-{stage}", f"{function}-{stage}")
    return Names(project, registry_project, *stacks, prefix)


def _project(directory: Path | None, environ: Mapping[str, str]) -> str:
    if directory is None:
        return re.sub("-registry$", "", environ.get("TEMPLATE_REGISTRY", ""))
    return project_name(directory)


def project_name(path: Path) -> str:
    """Derive a project's name from a model directory's, or from a model file's without suffix."""
    path = Path(os.path.abspath(path))
    name = path.stem.removesuffix(".tar") if path.is_file() else path.name
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _function_stack(project: str) -> str:
    stem = re.sub("-example$", "", project)
    return f"{project}-lambda" if stem == project else f"{stem}-lambda-example"


def _check_project(name: str, variable: str) -> None:
    if not PROJECT.fullmatch(name) or len(name) not in PROJECT_LENGTHS:
        raise SettingsError(
            f"{name!r} is not a project's name: 2 to 40 lower-case letters, digits and single"
            f" hyphens, a letter first. Rename the model directory or export {variable}"
        )


def _check(variable: str, name: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(name):
        raise SettingsError(f"{variable} must match {pattern.pattern}, got {name!r}")
