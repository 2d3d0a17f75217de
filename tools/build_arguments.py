"""The build arguments of a model's image, one `NAME=value` a line.

    python3 tools/build_arguments.py ./xgboost-example Dockerfile

A Dockerfile's `ARG` takes its value from the exported variable of its name, else from `model.env`;
without either its own default holds. A name in `model.env` that nothing knows is an error: a
misspelt MEMORY_SIZE must not pass as a build argument that no Dockerfile reads.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from settings import MODEL_ENV, SETTINGS, SettingsError, read_model_env
from stage import StageError, read_dockerfile

DECLARATION = re.compile(
    r"^\s*ARG\s+(?P<name>[A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE | re.IGNORECASE
)


def declared(dockerfile_text: str) -> list[str]:
    """The names of a Dockerfile's build arguments, each once, in their order."""
    return list(dict.fromkeys(DECLARATION.findall(dockerfile_text)))


def build_arguments(directory: Path, dockerfile: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The values to give to a Dockerfile's build arguments.

    Raises:
        SettingsError: `model.env` has a name that is neither a setting nor a build argument, or a
            value has more than one line.
        StageError: there is no such Dockerfile.
    """
    model_env = read_model_env(directory / MODEL_ENV)
    _refuse_unknown(model_env, directory)
    values = {**model_env, **{name: value for name, value in environ.items() if value}}
    names = declared(read_dockerfile(directory, dockerfile))
    found = {name: values[name] for name in names if name in values}
    for name, value in found.items():
        if "\n" in value:
            raise SettingsError(f"the build argument {name} must be one line")
    return found


def _refuse_unknown(model_env: Mapping[str, str], directory: Path) -> None:
    known = {setting.name for setting in SETTINGS}
    for dockerfile in directory.glob("Dockerfile*"):
        known.update(declared(dockerfile.read_text(encoding="utf-8")))
    unknown = sorted(set(model_env) - known)
    if unknown:
        raise SettingsError(
            f"{MODEL_ENV} sets {', '.join(unknown)}, which is neither a setting"
            f" ({', '.join(setting.name for setting in SETTINGS)}) nor an ARG of a Dockerfile"
        )


def main(arguments: list[str]) -> int:
    """Prints the build arguments of the directory and the Dockerfile that are given."""
    directory, dockerfile = Path(arguments[0]), arguments[1]
    try:
        found = build_arguments(directory, dockerfile, os.environ)
    except (SettingsError, StageError, OSError, UnicodeDecodeError) as error:
        sys.exit(f"build_arguments: {error}")
    for name, value in found.items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
