import pytest

from pipeline.errors import FunctionError, GoldenError, OutOfMemory, PipelineError
from pipeline.image.failures import explained, missing_library, package_of

# As the emulator writes it.
KILLED = (
    "26 Nov 2026 03:57:33,142 [ERROR] (rapid) Invoke failed error=Runtime exited with error:"
    " signal: killed InvokeID=dbd05c02-316d-44ff-9b89-aa9a579126d6"
)
MISSING = (
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory\\nStack"
)


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libgomp.so.1", "libgomp1"),
        ("libGL.so.1", "libgl1"),
        ("libX11.so.6", "libx11-6"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libbz2.so.1.0", "libbz2-1.0"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libxml2.so.2", "libxml2"),
        ("libpq.so.5", "libpq5"),
        ("libsndfile.so.1", "libsndfile1"),
        ("libSM.so.6", "libsm6"),
        ("libgdk_pixbuf-2.0.so.0", "libgdk-pixbuf-2.0-0"),
        ("libopenjp2.so.7", "libopenjp2-7"),
        ("libnss3.so", "libnss3"),
        ("libcrypto.so.3", "libssl3"),
        ("libfftw3.so.3", "libfftw3-double3"),
        ("libGLESv2.so.2", "libgles2"),
        ("libtcmalloc.so.4", "libgoogle-perftools4"),
        ("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4"),
        ("libhdf5_serial_hl.so.100", "libhdf5-hl-100"),
        ("libcblas.so.3", "libatlas3-base"),
        ("libbrotlidec.so.1", "libbrotli1"),
        ("libvips-cpp.so.42", "libvips42"),
    ],
)
def test_a_library_is_in_the_package_that_debian_has_it_in(library: str, package: str) -> None:
    assert package_of(library) == package


def test_an_end_by_the_kernel_is_for_memory_whatever_the_caller_saw() -> None:
    error = explained(FunctionError("the function does not answer: "), KILLED, "512")
    assert isinstance(error, OutOfMemory)
    assert "more memory than its 512 MB" in str(error) and "MEMORY_SIZE" in str(error)


@pytest.mark.parametrize("seen", [FunctionError("no answer"), GoldenError("status 500")])
def test_a_library_that_is_missing_is_told_beside_what_the_caller_saw(seen: PipelineError) -> None:
    error = str(explained(seen, MISSING, "512"))
    assert error.startswith(f"{seen}\nThe image lacks the shared library libGL.so.1")
    assert "DEBIAN_PACKAGES=libgl1;" in error


def test_colors_of_a_build_are_no_part_of_a_library() -> None:
    said = missing_library("\x1b[0m\x1b[91mlibGL.so.1: cannot open shared object file: No such")
    assert said.startswith("The image lacks the shared library libGL.so.1, which")


@pytest.mark.parametrize("library", ["libcudart.so.12", "libcuda.so.1", "libnvrtc.so.12"])
def test_a_library_for_gpus_is_not_looked_for_in_debian(library: str) -> None:
    said = missing_library(f"OSError: {library}: cannot open shared object file: No such file")
    assert library in said and "Lambda has none" in said and "DEBIAN" not in said


@pytest.mark.parametrize("library", ["libcurl.so.4", "libcups.so.2", "libnuma.so.1"])
def test_other_libraries_are_not_taken_for_nvidia_s(library: str) -> None:
    said = missing_library(f"ImportError: {library}: cannot open shared object file: No such file")
    assert f"DEBIAN_PACKAGES={package_of(library)};" in said


def test_another_failure_stays_what_it_is() -> None:
    seen = GoldenError("answer.y is 3, must be 2")
    assert explained(seen, "START RequestId: 1", "512") is seen
