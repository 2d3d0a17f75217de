"""The image of base-example, and what it becomes with other packages and other lines."""

import os
import shutil
import uuid
from pathlib import Path

import pytest

from tests.bare import check_bare, shell
from tests.model_directory import REPOSITORY
from tests.pipeline.image.wheels import write_wheel

from .images import (
    Builder,
    Built,
    check_example,
    docker,
    fill_wheelhouse,
    run_in,
    without_bytecode,
)

pytestmark = pytest.mark.docker
DIRECTORY = REPOSITORY / "base-example"
MOST_MB = 2.0  # above the base: the runtime and its interface 1.5, serving with its page 0.3
# Packages with compiled parts; astropy imports its own tests.
PACKAGES = {
    "onnxruntime": "onnxruntime==1.32.0",
    "PIL.Image": "pillow==13.0.0",
    "tokenizers": "tokenizers==0.23.3",
    "astropy": "astropy==8.0.2",
}


@pytest.fixture(scope="module")
def image(images: Builder) -> Built:
    """The image, built by somebody who gives others no access to new files."""
    before = os.umask(0o077)
    try:
        return images.image(DIRECTORY)
    finally:
        os.umask(before)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy to change."""
    return shutil.copytree(DIRECTORY, tmp_path / "my-model")


def prepend(path: Path, line: str) -> None:
    path.write_text(f"{line}\n{path.read_text()}")


def size_mb(image: str) -> float:
    return int(docker("image", "inspect", "-f", "{{.Size}}", image).stdout) / 1e6


def rewritten_mb(base: str) -> float:
    """What taking this machine's certificates out of the trusted ones again costs, if any."""
    (count,) = shell(base, "ls /usr/local/share/ca-certificates | wc -l")
    (size,) = shell(base, "stat -c %s /etc/ssl/certs/ca-certificates.crt")
    return int(size) / 1e6 if int(count) else 0


def test_the_image_answers_its_example_as_lambda_runs_it(image: Built) -> None:
    check_example(image.name, DIRECTORY)


def test_who_needs_no_package_has_an_image_hardly_larger_than_its_base(
    image: Built, base_image: str
) -> None:
    assert size_mb(image.name) - size_mb(base_image) - rewritten_mb(base_image) < MOST_MB


def test_lambda_s_user_can_read_what_somebody_with_a_strict_umask_built(image: Built) -> None:
    assert run_in(image.name, "id", "-u") == "993"
    assert run_in(image.name, "find", "/opt/venv", "/var/task", "!", "-readable") == ""


def test_libraries_get_one_thread_and_more_where_model_env_says_so(
    image: Built, images: Builder, copy: Path
) -> None:
    threads = ("python", "-c", "import os; print(os.environ['OMP_NUM_THREADS'])")
    assert run_in(image.name, *threads) == "1"
    with (copy / "model.env").open("a") as file:
        file.write("THREADS=2\n")
    assert run_in(images.image(copy).name, *threads) == "2"


@pytest.mark.parametrize("folder", ["/opt/venv", "/var/task"])
def test_nothing_is_left_to_compile(image: Built, folder: str) -> None:
    assert without_bytecode(image.name, folder) == set()


def test_packages_work_as_they_come(images: Builder, copy: Path) -> None:
    with (copy / "app/requirements.txt").open("a") as file:
        file.write("\n".join(PACKAGES.values()) + "\n")
    prepend(copy / "app/app.py", f"import {', '.join(PACKAGES)}")
    check_example(images.image(copy).name, copy)


def test_a_package_may_have_files_that_do_not_compile_and_tests_that_it_imports(
    images: Builder, copy: Path
) -> None:
    fill_wheelhouse(copy)
    # Text that no build has seen: the output of a step that the engine has cached is not shown.
    files = {
        "__init__.py": f"from odd.tests import version  # {uuid.uuid4()}",
        "template.py": "class {{ name }}:",
        "tests/__init__.py": "version = 1",
    }
    contents = {f"odd/{name}": text.encode() for name, text in files.items()}
    write_wheel(copy / "wheels", "odd-1.0", files=contents)
    with (copy / "app/requirements.txt").open("a") as file:
        file.write("odd==1.0\n")
    prepend(copy / "app/app.py", "import odd")
    built = images.image(copy)
    (left,) = without_bytecode(built.name, "/opt/venv")
    assert left.endswith("/odd/template")
    assert f"{left}.py" in built.output and "stay without bytecode" in built.output


def test_a_module_of_the_model_that_does_not_compile_ends_the_build_and_is_named(
    images: Builder, copy: Path
) -> None:
    (copy / "app/features.py").write_text("def rooms(:\n")
    built = images.build(copy)
    assert not built.is_built
    assert "/var/task/features.py" in built.output and "SyntaxError" in built.output


def test_a_library_that_is_missing_ends_the_build_and_is_had_by_its_debian_package(
    images: Builder, copy: Path
) -> None:
    prepend(copy / "app/app.py", "import ctypes; ctypes.CDLL('libsodium.so.23')")
    built = images.build(copy)
    assert not built.is_built
    assert "libsodium.so.23: cannot open shared object file" in built.output
    assert "in model.env: DEBIAN_PACKAGES=" in built.output
    with (copy / "model.env").open("a") as file:
        file.write("DEBIAN_PACKAGES=libsodium23 libmd0\n")
    image = images.image(copy)
    check_example(image.name, copy)
    assert run_in(image.name, "find", "/var/lib/apt/lists", "/var/cache/apt", "-type", "f") == ""


def test_what_only_builds_need_is_not_in_the_image(image: Built) -> None:
    check_bare(image.name)
