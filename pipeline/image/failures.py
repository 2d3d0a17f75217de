"""Why a function in a container fails, by what the container's log tells, and the way out."""

from __future__ import annotations

import re

from pipeline.errors import FunctionError, OutOfMemory, PipelineError
from pipeline.model.settings import MODEL_ENV

# The emulator's words on a function that the kernel ended, as it does where memory is out.
KILLED = "Runtime exited with error: signal: killed"
# The dynamic linker's.
MISSING = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object file")
# Libraries whose Debian packages are not named after them: https://packages.debian.org/bookworm/
PACKAGES = {
    "libGLU.so.1": "libglu1-mesa",
    "libOpenCL.so.1": "ocl-icd-libopencl1",
    "libgeos_c.so.1": "libgeos-c1v5",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libjpeg.so.62": "libjpeg62-turbo",
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
    missing = MISSING.search(log)
    if missing:
        return FunctionError(f"{error}\n{_how_to_add(missing[1])}")
    return error


def _how_to_add(library: str) -> str:
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
