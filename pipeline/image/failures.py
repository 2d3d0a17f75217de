"""Why a function in a container fails, by what the container's log tells, and the way out."""

from __future__ import annotations

import re

from pipeline.errors import FunctionError, OutOfMemory, PipelineError
from pipeline.model.settings import MODEL_ENV
from pipeline.terminal import COLOUR

# The emulator's words on a function that the kernel ended, as it does where memory is out.
KILLED = "Runtime exited with error: signal: killed"
# The dynamic linker's.
MISSING = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object file")
# NVIDIA's driver and what computes with it: a package asks for them that was built for GPUs.
GPU = re.compile(
    r"lib(cuda|cudnn|cublas|cufft|curand|cusolver|cusparse|cupti|nvrtc|nvJitLink|nvToolsExt|nccl)"
)
# Libraries whose Debian packages are not named after them: https://packages.debian.org/bookworm/
PACKAGES = {
    "libatk-1.0.so.0": "libatk1.0-0",
    "libatk-bridge-2.0.so.0": "libatk-bridge2.0-0",
    "libatlas.so.3": "libatlas3-base",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libcblas.so.3": "libatlas3-base",
    "libcrypto.so.3": "libssl3",
    "libcurl-gnutls.so.4": "libcurl3-gnutls",
    "libdmtx.so.0": "libdmtx0b",
    "libexslt.so.0": "libxslt1.1",
    "libf77blas.so.3": "libatlas3-base",
    "libfftw3.so.3": "libfftw3-double3",
    "libfftw3f.so.3": "libfftw3-single3",
    "libgeos_c.so.1": "libgeos-c1v5",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libGLdispatch.so.0": "libglvnd0",
    "libGLESv2.so.2": "libgles2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libglog.so.1": "libgoogle-glog0v6",
    "libGLU.so.1": "libglu1-mesa",
    "libgmodule-2.0.so.0": "libglib2.0-0",
    "libgmpxx.so.4": "libgmpxx4ldbl",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libhdf5_serial.so.103": "libhdf5-103-1",
    "libhdf5_serial_hl.so.100": "libhdf5-hl-100",
    "libicudata.so.72": "libicu72",
    "libicui18n.so.72": "libicu72",
    "libicuuc.so.72": "libicu72",
    "libjpeg.so.62": "libjpeg62-turbo",
    "libmpi.so.40": "libopenmpi3",
    "libomp.so.5": "libomp5-14",
    "libOpenCL.so.1": "ocl-icd-libopencl1",
    "libpoppler-cpp.so.0": "libpoppler-cpp0v5",
    "libprofiler.so.0": "libgoogle-perftools4",
    "libsnappy.so.1": "libsnappy1v5",
    "libtcmalloc.so.4": "libgoogle-perftools4",
    "libvips-cpp.so.42": "libvips42",
    "libxml2.so.2": "libxml2",
    "libxslt.so.1": "libxslt1.1",
    "libz.so.1": "zlib1g",
}


def explained(error: PipelineError, log: str, memory_mb: str) -> PipelineError:
    """Give what a failure was, with the way out where the log tells it.

    Args:
        error: what the caller saw.
        log: the container's.
        memory_mb: the function's memory.
    """
    if KILLED in log:
        return OutOfMemory(
            f"the function was killed: it needs more memory than its {memory_mb} MB. Raise"
            f" MEMORY_SIZE in {MODEL_ENV}, to 10240 at most; -b says which size serves it best"
        )
    said = missing_library(log)
    return FunctionError(f"{error}\n{said}") if said else error


def missing_library(log: str) -> str:
    """Name the shared library that an image lacks, and where to add it; empty if it lacks none.

    Args:
        log: of a container, or of a build.
    """
    found = MISSING.search(COLOUR.sub("", log))
    if not found:
        return ""
    library = found[1]
    if GPU.match(library):
        return (
            f"The image lacks {library}, which is for NVIDIA's GPUs, and Lambda has none: have"
            " app/requirements.txt name the build for CPUs of the package that asks for it"
        )
    package = package_of(library)
    return (
        f"The image lacks the shared library {library}, which Debian has in the package {package}."
        f" With a Dockerfile as base-example's add it in {MODEL_ENV}: DEBIAN_PACKAGES={package};"
        " else install it in the last stage"
    )


def package_of(library: str) -> str:
    """Name the Debian package of a shared library.

    It is the library's name and its version, with a hyphen between two digits.

    Source: https://www.debian.org/doc/debian-policy/ch-sharedlibs.html#run-time-shared-libraries
    """
    name, _, version = library.partition(".so")
    hyphen = "-" if name[-1:].isdigit() and version else ""
    usual = f"{name}{hyphen}{version.lstrip('.')}".lower().replace("_", "-")
    return PACKAGES.get(library, usual)
