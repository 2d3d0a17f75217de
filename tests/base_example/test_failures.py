"""What the check before the push says of images that fail: the reason, and the way out."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.errors import ImageError
from pipeline.image.build import build_image
from pipeline.image.check import check_image
from pipeline.image.failures import PACKAGES, package_of
from pipeline.image.function import Function, function_of
from pipeline.memory.sandbox import sandbox
from pipeline.model.directory import read_model
from pipeline.model.golden import ENVELOPE_BYTES, MAX_EVENT_BYTES
from tests.model_directory import REPOSITORY

from .images import Builder, docker

pytestmark = pytest.mark.docker
# The build imports the app as well, without Lambda's variables.
ON_LAMBDA = 'if "AWS_LAMBDA_FUNCTION_NAME" in __import__("os").environ:'
AT_IMPORT = f"{ON_LAMBDA}\n    ballast = bytearray(2_000_000_000)\n\n\n@api"
AT_REQUEST = "    {}\n    return Answer("
# That data scientists' packages ask for, whose packages are named by Debian's rule.
OTHERS = (
    *("libgomp.so.1", "libGL.so.1", "libsndfile.so.1", "libX11.so.6", "libopenblas.so.0"),
    *("libpq.so.5", "libstdc++.so.6", "libgfortran.so.5", "libSM.so.6", "libICE.so.6"),
    *("libXext.so.6", "libXrender.so.1", "libEGL.so.1", "libtbb.so.12", "libodbc.so.2"),
    *("libmariadb.so.3", "libcairo.so.2", "libpango-1.0.so.0", "libgdk_pixbuf-2.0.so.0"),
    *("libmagic.so.1", "libzbar.so.0", "libportaudio.so.2", "libturbojpeg.so.0", "libtiff.so.6"),
    *("libspatialindex_c.so.6", "libgsl.so.27", "libusb-1.0.so.0", "libatomic.so.1"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of base-example to break."""
    return shutil.copytree(REPOSITORY / "base-example", tmp_path / "my-model")


def built(images: Builder, directory: Path, **settings: str) -> Function:
    """The function of a directory's image."""
    name = images.image(directory).name
    return function_of(read_model(directory, "Dockerfile", {**os.environ, **settings}), "m", name)


def change(directory: Path, old: str, new: str) -> None:
    app = directory / "app" / "app.py"
    text = app.read_text()
    assert old in text
    app.write_text(text.replace(old, new))


def at_request(directory: Path, line: str) -> None:
    """Let the handler run a line with each request."""
    change(directory, "    return Answer(", AT_REQUEST.format(line))


@pytest.mark.parametrize("where", ["import", "request"])
def test_a_function_that_is_killed_for_memory_is_told_the_setting_to_raise(
    where: str, images: Builder, copy: Path
) -> None:
    if where == "import":
        change(copy, "@api", AT_IMPORT)
    else:
        at_request(copy, "ballast = bytearray(2_000_000_000)")
    function = built(images, copy, MEMORY_SIZE="256")
    killed = r"killed: it needs more memory than its 256 MB\. Raise MEMORY_SIZE in model\.env"
    with pytest.raises(ImageError, match=killed):
        check_image(function)


def test_a_function_that_takes_too_long_is_not_told_to_raise_its_memory(
    images: Builder, copy: Path
) -> None:
    at_request(copy, '__import__("time").sleep(30)')
    with pytest.raises(ImageError, match="timed out") as error:
        check_image(built(images, copy, TIMEOUT="1"))
    assert "memory" not in str(error.value)


def test_a_function_that_ends_itself_is_told_apart_from_one_that_is_killed(
    images: Builder, copy: Path
) -> None:
    change(copy, "@api", f"{ON_LAMBDA}\n    __import__('os')._exit(3)\n\n\n@api")
    with pytest.raises(ImageError, match=r"does not answer: \S") as error:
        check_image(built(images, copy))
    assert "memory" not in str(error.value)


def test_a_shared_library_that_is_missing_is_told_with_its_package_which_mends_it(
    images: Builder, copy: Path
) -> None:
    at_request(copy, '__import__("ctypes").CDLL("libgthread-2.0.so.0")')
    with pytest.raises(ImageError, match=r"lacks .* DEBIAN_PACKAGES=libglib2\.0-0"):
        check_image(built(images, copy))
    with (copy / "model.env").open("a") as file:
        file.write("DEBIAN_PACKAGES=libglib2.0-0\n")
    check_image(built(images, copy))


def test_one_that_is_missing_where_the_build_imports_the_app_is_told_with_its_package(
    base_image: str, copy: Path, tmp_path: Path
) -> None:
    change(copy, "@api", '__import__("ctypes").CDLL("libGL.so.1")\n\n\n@api')
    model = read_model(copy, "Dockerfile", {**os.environ, "BASE_IMAGE": base_image})
    with pytest.raises(ImageError, match=r"was not built.*\n.*libGL\.so\.1.*_PACKAGES=libgl1;"):
        build_image(model, model.make_context(tmp_path / "context"), "base-example-test:absent")


def test_each_package_that_is_named_has_the_library(base_image: str) -> None:
    libraries = [*PACKAGES, *OTHERS]
    packages = " ".join(sorted({package_of(library) for library in libraries}))
    install = f"apt-get install -qq -y --no-install-recommends {packages}"
    script = f"(apt-get update -qq && {install}) > /dev/null && ldconfig -p"
    done = docker("run", "--rm", "--user", "0", base_image, "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    found = {line.split()[0] for line in done.stdout.splitlines()[1:]}
    assert set(libraries) <= found


def test_the_largest_golden_request_is_answered_by_the_check_and_by_a_measurement(
    images: Builder, copy: Path
) -> None:
    change(copy, "eruption_minutes: Annotated", 'note: str = ""\n    eruption_minutes: Annotated')
    change(
        copy,
        "class Request(Struct, forbid_unknown_fields=True)",
        "class Request(Struct, kw_only=True)",
    )
    function = built(images, copy)
    request = {"eruption_minutes": 3.6, "note": ""}
    rest = len('"{\\"eruption_minutes\\": 3.6, \\"note\\": \\"\\"}"') + ENVELOPE_BYTES
    request["note"] = "x" * (MAX_EVENT_BYTES - rest)
    largest = function._replace(golden=function.golden._replace(request=request))
    check_image(largest)
    with sandbox(largest, 512) as running:
        assert running.request_ms() > 0
