"""Leaves of an installed torch what app/libtorch.py loads: libtorch_cpu.so and what it links to.

python3 -m export.trimming /opt/venv/lib/python3.11/site-packages
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from export import constructors

PACKAGES = ("torch", "torchgen", "functorch")
LIBRARY = "torch/lib/libtorch_cpu.so"


def libraries(library: Path) -> Iterator[Path]:
    """The library and those that it needs, resolved as the dynamic linker does."""
    yield library
    lines = subprocess.run(["ldd", library], check=True, capture_output=True, text=True).stdout
    for path in re.findall(r"=> (/\S+)", lines):
        yield Path(path).resolve()


def trim(site_packages: Path) -> None:
    """Removes every other file of the packages, symbols that debuggers read, and constructors.

    Args:
        site_packages: the folder that torch is installed in.
    """
    library = (site_packages / LIBRARY).resolve()
    kept = [path for path in libraries(library) if site_packages.resolve() in path.parents]
    for package in PACKAGES:
        # Backwards, so that a folder comes after what is in it.
        for path in sorted((site_packages / package).rglob("*"), reverse=True):
            if path.resolve() not in kept:
                _remove(path)
    unneeded = constructors.unneeded(library)  # by their names, which go with the symbols
    for path in kept:
        subprocess.run(["strip", "--strip-unneeded", path], check=True)
    print(f"{library.name}: {constructors.drop(library, unneeded)} constructors dropped")


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
    elif not any(path.iterdir()):
        path.rmdir()


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
