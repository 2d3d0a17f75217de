from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bare import check_bare
from tests.pins import metadata, pins

from .conftest import DIRECTORY
from .images import build, files_of, remove, run_in, size_mb, without_bytecode

pytestmark = pytest.mark.docker
MOST_MB_ABOVE_THE_BASE = 30
# What Lambda's start imports, each module with its bytecode's flags: https://peps.python.org/pep-0552/
FLAGS = """
import runpy, sys, awslambdaric.__main__, app
from importlib.util import cache_from_source
for module in [*sys.modules.values()]:
    source = getattr(module, "__file__", None) or ""
    if source.endswith(".py"):
        print(source, open(cache_from_source(source), "rb").read(8)[4])
"""
UNCHECKED = "1"


@pytest.fixture(scope="module")
def image(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image of xgboost-example, built from a context of its own."""
    contexts = tmp_path_factory.mktemp("build")
    name = build(DIRECTORY, "Dockerfile", contexts, BASE_IMAGE=base_image)
    yield name
    remove(name)


@pytest.fixture(scope="module")
def files(image: str) -> list[Path]:
    return files_of(image)


def test_the_image_is_hardly_larger_than_its_base(image: str, base_image: str) -> None:
    assert size_mb(image) - size_mb(base_image) < MOST_MB_ABOVE_THE_BASE


def test_the_image_has_the_packages_of_its_requirements_and_no_other(files: list[Path]) -> None:
    folders = {path.parent.name for path in files if path.name == "METADATA"}
    locks = ("serving/requirements.txt", "xgboost-example/app/requirements.txt")
    assert folders == metadata(pins(*locks))


def test_neither_tests_nor_the_training_are_in_the_image(files: list[Path]) -> None:
    assert files
    assert not [path for path in files if "tests" in path.parts or path.name == "train.py"]


def test_every_module_has_its_bytecode(files: list[Path]) -> None:
    assert without_bytecode(files) == set()


def test_all_that_a_start_imports_has_bytecode_and_what_the_image_brings_unchecked(
    image: str,
) -> None:
    flags = dict(line.split() for line in run_in(image, "python", "-c", FLAGS).splitlines())
    brought = {source for source in flags if source.startswith(("/opt/venv/", "/var/task/"))}
    assert brought and brought != flags.keys()  # the others are the standard library's
    assert {flags[source] for source in brought} == {UNCHECKED}


def test_the_image_runs_as_lambda_s_user(image: str) -> None:
    assert run_in(image, "id", "-u") == "993"


def test_what_only_builds_need_is_not_in_the_image(image: str) -> None:
    check_bare(image)
