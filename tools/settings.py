"""A model's names and settings, as shell assignments.

    python3 tools/settings.py names ./xgboost-example
    python3 tools/settings.py model ./xgboost-example

Names follow from the directory's name. Settings come from the directory's `model.env`, lines of
`NAME=value`; both give way to exported variables. Everything is checked before it is printed.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

PROJECT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,110}")
PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
ASSIGNMENT = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
MODEL_ENV = "model.env"


class SettingsError(ValueError):
    """A name or a setting that cannot be used; the message says which and what it must be."""


def _matching(pattern: str) -> Callable[[str], str | None]:
    return lambda value: None if re.fullmatch(pattern, value) else f"match {pattern}"


def _one_of(*values: str) -> Callable[[str], str | None]:
    return lambda value: None if value in values else f"be one of {', '.join(values)}"


def _number(lowest: int, highest: int) -> Callable[[str], str | None]:
    def broken_rule(value: str) -> str | None:
        inside = re.fullmatch(r"[0-9]{1,6}", value) and lowest <= int(value) <= highest
        return None if inside else f"be a whole number from {lowest} to {highest}"

    return broken_rule


class Setting(NamedTuple):
    """A line of `model.env`: what it may be, and the template's parameter that it sets, if any."""

    name: str
    default: str
    broken_rule: Callable[[str], str | None]
    parameter: str = ""


# The bounds are those of template.yaml, which a test compares with these.
SETTINGS = (
    Setting("API_PATH", "/predict", _matching(r"(/[A-Za-z0-9._~-]+)+"), "ApiPath"),
    Setting("ARCHITECTURE", "x86_64", _one_of("x86_64", "arm64"), "Architecture"),
    Setting("MEMORY_SIZE", "1769", _number(128, 10240), "MemorySize"),
    Setting("TIMEOUT", "29", _number(1, 29), "Timeout"),
    Setting("EPHEMERAL_STORAGE_SIZE", "512", _number(512, 10240), "EphemeralStorageSize"),
    Setting("THROTTLING_RATE", "50", _number(1, 10000), "ThrottlingRate"),
    Setting("THROTTLING_BURST", "100", _number(1, 5000), "ThrottlingBurst"),
    Setting(
        "LOG_RETENTION_DAYS",
        "30",
        _one_of(*"1 3 5 7 14 30 60 90 120 150 180 365 400 545 731".split()),
        "LogRetentionDays",
    ),
    Setting(
        "URL_ALLOW_LIST",
        "",
        _matching(r"([a-z0-9.-]+:[0-9]+(,[a-z0-9.-]+:[0-9]+)*)?"),
        "UrlAllowList",
    ),
    Setting("RUNTIME_VERSION", "3.11", _matching(r"3\.[0-9]{1,2}")),
    Setting("NETWORK", "no", _one_of("no", "yes")),
    Setting("WHEELHOUSE", "0", _one_of("0", "1")),
    Setting("WHEELS_FOR", "app/requirements.txt", _matching(r"[\w.-]+(/[\w.-]+)*")),
)


def names(directory: Path | None, environ: Mapping[str, str]) -> dict[str, str]:
    """What the model, its stacks and its objects in the bucket are called.

    Args:
        directory: the model directory; None where the stacks' names are exported.
        environ: `PROJECT`, `TEMPLATE_REGISTRY`, `TEMPLATE_LAMBDA`, `PREFIX_LAMBDA` win where set.

    Raises:
        SettingsError: a name that AWS would refuse, or none to be had.
    """
    project = environ.get("PROJECT") or _project(directory, environ)
    registry = environ.get("TEMPLATE_REGISTRY") or f"{project}-registry"
    function = environ.get("TEMPLATE_LAMBDA") or _function_stack(project)
    found = {
        "PROJECT": project,
        "REGISTRY_PROJECT": re.sub("-registry$", "", registry),
        "TEMPLATE_REGISTRY": registry,
        "TEMPLATE_LAMBDA": function,
        "PREFIX_LAMBDA": environ.get("PREFIX_LAMBDA") or f"sam_templates/{function}",
    }
    _check_names(found)
    return found


def _project(directory: Path | None, environ: Mapping[str, str]) -> str:
    if directory is None:
        return re.sub("-registry$", "", environ.get("TEMPLATE_REGISTRY", ""))
    return re.sub(r"[^a-z0-9]+", "-", os.path.basename(os.path.abspath(directory)).lower()).strip(
        "-"
    )


def _function_stack(project: str) -> str:
    stem = re.sub("-example$", "", project)
    return f"{project}-lambda" if stem == project else f"{stem}-lambda-example"


def _check_names(found: Mapping[str, str]) -> None:
    for name in ("PROJECT", "REGISTRY_PROJECT"):
        if not (PROJECT.fullmatch(found[name]) and 2 <= len(found[name]) <= 40):
            source = "TEMPLATE_REGISTRY" if name == "REGISTRY_PROJECT" else "PROJECT"
            raise SettingsError(
                f"{found[name]!r} names no project: 2 to 40 lower-case letters, digits and single"
                f" hyphens, a letter first. Rename the model directory or export {source}"
            )
    for name in ("TEMPLATE_REGISTRY", "TEMPLATE_LAMBDA"):
        if not STACK.fullmatch(found[name]):
            raise SettingsError(
                f"{name} must name a stack (match {STACK.pattern}), got {found[name]!r}"
            )
    if not PREFIX.fullmatch(found["PREFIX_LAMBDA"]):
        raise SettingsError(f"PREFIX_LAMBDA must match {PREFIX.pattern}")


def read_model_env(path: Path) -> dict[str, str]:
    """The assignments of a `model.env`; empty where there is no such file.

    Raises:
        SettingsError: a line that is neither an assignment, a comment nor empty.
    """
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        assignment = ASSIGNMENT.fullmatch(line.strip())
        if not assignment:
            raise SettingsError(f"{path} line {number}: must be NAME=value, got {line!r}")
        found[assignment["name"]] = assignment["value"].strip()
        if found[assignment["name"]][:1] in ("'", '"'):
            raise SettingsError(f"{path} line {number}: write the value without quotes")
    return found


def settings(model_env: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Every setting's value: the exported one, else that of `model.env`, else the default.

    Raises:
        SettingsError: a value that breaks its setting's rule.
    """
    found = {}
    for setting in SETTINGS:
        value = environ.get(setting.name) or model_env.get(setting.name) or setting.default
        rule = setting.broken_rule(value)
        if rule:
            raise SettingsError(f"{setting.name} must {rule}, got {value!r}")
        found[setting.name] = value
    return found


def main(arguments: list[str]) -> int:
    """Prints assignments for the shell to evaluate; 1 and a message where something is wrong."""
    what, directory = arguments[0], Path(arguments[1]) if arguments[1:] else None
    try:
        if what == "names":
            found = names(directory, os.environ)
        else:
            model_env = read_model_env(directory / MODEL_ENV) if directory else {}
            found = settings(model_env, os.environ)
    except (SettingsError, OSError, UnicodeDecodeError) as error:
        sys.exit(f"settings: {error}")
    for name, value in found.items():
        print(f"{name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
