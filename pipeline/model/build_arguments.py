"""The build arguments of a model's image.

A Dockerfile's `ARG` takes its value from the exported variable of its name, else from `model.env`;
without either its own default holds. An argument whose name ends with `_FILE` is given a file of
this machine: in the context it is `files/<its name>`, and that is what the build is told. A name in
`model.env` that nothing knows is an error: a misspelt MEMORY_SIZE must not pass as an argument that
no Dockerfile reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.model import variables
from pipeline.model.dockerfile import declared, read_dockerfile
from pipeline.model.settings import MODEL_ENV, SETTINGS, read_model_env

CONTEXT_FILES = "files"
# In the names of build arguments.
SECRET = re.compile(r"^AWS_|SECRET|TOKEN|PASSW|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY|API_?KEY")


def build_arguments(directory: Path, dockerfile: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Find the values of a Dockerfile's build arguments.

    Raises:
        SettingsError: `model.env` has a name that is neither a setting nor a build argument, a
            value has more than one line, or a file is not there.
        DockerfileError: there is no such Dockerfile.
    """
    copied = {
        name: f"{CONTEXT_FILES}/{path.name}"
        for name, path in files_of_this_machine(directory, dockerfile, environ).items()
    }
    return {**_values(directory, dockerfile, environ), **copied}


def files_of_this_machine(
    directory: Path, dockerfile: str, environ: Mapping[str, str]
) -> dict[str, Path]:
    """Find the files that build arguments name, by argument; relative to the current folder.

    Raises:
        SettingsError, DockerfileError: as build_arguments.
    """
    values = _values(directory, dockerfile, environ)
    found = {name: Path(value) for name, value in values.items() if name.endswith("_FILE")}
    for name, path in found.items():
        if not path.is_file():
            raise SettingsError(f"{name} must be a file, there is none at {path}")
    return found


def _values(directory: Path, dockerfile: str, environ: Mapping[str, str]) -> dict[str, str]:
    model_env = read_model_env(directory / MODEL_ENV)
    _refuse_unknown(model_env, directory)
    values = {**model_env, **{name: value for name, value in environ.items() if value}}
    names = declared(read_dockerfile(directory, dockerfile))
    found = {name: values[name] for name in names if name in values}
    for name, value in found.items():
        if SECRET.search(name):
            raise SettingsError(
                f"the build argument {name} may be a secret, and an image's history shows it: take"
                " the ARG out. For private package indexes, -w downloads with this machine's pip"
            )
        if "\n" in value:
            raise SettingsError(f"the build argument {name} must be one line")
    return found


def _refuse_unknown(model_env: Mapping[str, str], directory: Path) -> None:
    known = {setting.name for setting in SETTINGS}
    for dockerfile in directory.glob("Dockerfile*"):
        known.update(declared(dockerfile.read_text(encoding="utf-8")))
    unknown = sorted(
        name for name in set(model_env) - known if not name.startswith(variables.PREFIX)
    )
    if unknown:
        raise SettingsError(
            f"{MODEL_ENV} sets {', '.join(unknown)}, which is neither a setting"
            f" ({', '.join(setting.name for setting in SETTINGS)}) nor an ARG of a Dockerfile;"
            f" a variable of the function is {variables.PREFIX}NAME=value"
        )
