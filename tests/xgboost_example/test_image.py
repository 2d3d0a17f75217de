import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.image.build import RUNTIME
from pipeline.image.wheelhouse import fill
from tests.bare import check_bare
from tests.model_directory import REPOSITORY
from tests.pins import metadata, pins
from tests.pipeline.image.wheels import write_wheel

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


def test_a_package_may_have_files_that_do_not_compile_and_tests_that_it_imports(
    base_image: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "my model")
    lock = copy / "app/requirements.txt"
    fill([REPOSITORY / RUNTIME, lock], copy / "wheels", "3.11", "x86_64")
    sources = {
        "__init__": "import odd.tests",
        "template": "class {{ name }}:",
        "tests/__init__": "",
    }
    files = {f"odd/{name}.py": text.encode() for name, text in sources.items()}
    wheel = write_wheel(copy / "wheels", "odd-1.0", files=files).read_bytes()
    with lock.open("a") as file:
        file.write(f"odd==1.0 --hash=sha256:{hashlib.sha256(wheel).hexdigest()}\n")
    (copy / "app/app.py").write_text("import odd\n" + (copy / "app/app.py").read_text())
    name = build(copy, "Dockerfile", tmp_path / "build", BASE_IMAGE=base_image)
    try:
        left = {(folder.name, module) for folder, module in without_bytecode(files_of(name))}
        assert left == {("odd", "template")}
    finally:
        remove(name)


def test_a_line_without_a_hash_in_a_lock_ends_the_build_with_what_to_add(
    base_image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "my model")
    with (copy / "app/requirements.txt").open("a") as file:
        file.write("tomli==2.5.0\n")
    with pytest.raises(subprocess.CalledProcessError):
        build(copy, "Dockerfile", tmp_path / "build", BASE_IMAGE=base_image)
    said = capfd.readouterr()
    assert "turns on automatically when any package has a hash" in said.out + said.err
    assert "tomli==2.5.0 --hash=sha256:" in said.out + said.err
