"""Imports point one way: which packages a file may import, and no circle within a package."""

import ast
import sys
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("apps", "benchmarks", "engines", "figs", "golden", "local", "machine", "pipeline"),
    *("serving", "tests"),
)
ANY = None


class Rule(NamedTuple):
    """What files may import beside the standard library."""

    files: str
    packages: Collection[str]
    libraries: Collection[str] | None = ()


# The first that fits a file holds for it.
RULES = (
    Rule("tests/*", PACKAGES, ANY),
    Rule("engines/*/build/*", ["engines"], ANY),  # runs while an image is built
    Rule("engines/sklearn/*", ["engines"], ["numpy", "pandas", "skops", "sklearn"]),
    Rule("engines/*", ["engines"]),
    Rule("serving/photographs/*", ["serving"], ["PIL"]),
    Rule("serving/*", ["serving"], ["msgspec"]),
    Rule("apps/text/*", ["apps", "engines", "serving"], ["msgspec", "tokenizers"]),
    Rule("apps/*", ["apps", "engines", "serving"], ["msgspec"]),
    Rule("golden/compare.py", ["engines"]),  # runs with the image's packages
    Rule("golden/*", ["golden"], ANY),  # the libraries' own packages, in a build stage
    Rule("starters/*", ["apps", "engines"]),
    Rule("pipeline/loop/child.py", [], ["awslambdaric"]),  # runs with the model's packages
    Rule("pipeline/*", ["pipeline", "machine"]),
    Rule("machine/*", ["machine"]),
    Rule("local/*", ["local"], ANY),
    Rule("*-example/*", ["apps", "serving", "engines"], ANY),
    Rule("benchmarks/*/app/*", ["serving", "engines"], ANY),  # images to compare with
    Rule("benchmarks/*", ["benchmarks", "pipeline", "engines"], ANY),
    Rule("scripts/*", []),
    Rule("figs/*", [], ANY),
)


def sources() -> Iterator[tuple[str, str]]:
    """The Python files of the repository and their texts."""
    for path in sorted(REPOSITORY.rglob("*.py")):
        name = path.relative_to(REPOSITORY)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix(), path.read_text()


SOURCES = dict(sources())


def imported(name: str, text: str) -> set[str]:
    """The full names of what a file imports, anywhere in it: `a`, `a.b` and `a.b.c`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folders = name.split("/")[: -node.level] if node.level else []
            origin = ".".join([*folders, node.module or ""]).strip(".")
            found.update(f"{origin}.{alias.name}" for alias in node.names)
    return found


def forbidden(name: str, text: str) -> list[str]:
    """What a file imports and may not."""
    rule = next(rule for rule in RULES if fnmatchcase(name, rule.files))
    tops = {full.partition(".")[0] for full in imported(name, text)} - sys.stdlib_module_names
    return sorted(
        top
        for top in tops
        if (top in PACKAGES and top not in rule.packages)
        or (top not in PACKAGES and rule.libraries is not ANY and top not in rule.libraries)
    )


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_imports_only_what_its_folder_may(name: str) -> None:
    assert forbidden(name, SOURCES[name]) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("engines/a.py", "from serving import api", ["serving"]),
        ("engines/a.py", "def load():\n    import numpy as np", ["numpy"]),
        ("engines/a/build/b.py", "import torch, pipeline.errors", ["pipeline"]),
        ("serving/a.py", "import engines.onnx\nfrom PIL import Image", ["PIL", "engines"]),
        ("serving/photographs/a.py", "from PIL import Image", []),
        ("serving/urls/a.py", "from ..errors import BadRequest", []),
        ("pipeline/a.py", "from serving import api\nimport boto3", ["boto3", "serving"]),
        ("machine/a.py", "from pipeline.errors import AwsError", ["pipeline"]),
        ("a-example/app/app.py", "from pipeline import staging\nimport torch", ["pipeline"]),
        ("benchmarks/a.py", "from local import state\nimport serving", ["local", "serving"]),
        ("local/a.py", "from tests import model_directory", ["tests"]),
    ],
)
def test_an_import_against_the_arrows_is_found(name: str, text: str, found: list[str]) -> None:
    assert forbidden(name, text) == found


def arrows(files: dict[str, str]) -> dict[str, set[str]]:
    """Which modules of the files each of them imports."""
    modules = {module(name): name for name in files}
    return {
        start: {
            full if full in modules else full.rpartition(".")[0]
            for full in imported(name, files[name])
        }
        & modules.keys()
        for start, name in modules.items()
    }


def module(name: str) -> str:
    """The full name of a file's module."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def circle(files: dict[str, str]) -> list[str]:
    """Modules that import each other in a circle; none if there is no such circle."""
    try:
        TopologicalSorter(arrows(files)).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_modules_of_a_package_import_each_other_in_no_circle(package: str) -> None:
    files = {name: text for name, text in SOURCES.items() if name.startswith(f"{package}/")}
    assert circle(files) == []


def test_a_circle_is_found_even_through_an_import_in_a_function() -> None:
    files = {
        "a/__init__.py": "from a.b import f",
        "a/b.py": "def f():\n    from a import c",
        "a/c.py": "import a.d",
        "a/d.py": "from .b import f",
    }
    assert set(circle(files)) == {"a.b", "a.c", "a.d"}
    assert circle({**files, "a/d.py": "import os"}) == []
