"""Leaves of an installed torch what `engines.torch` loads: libtorch_cpu.so and what it links to.

    python3 -m engines.torch.build.trimming /opt/venv/lib/python3.11/site-packages \
        --network /var/task/network.so --answers /tmp/answers

Then it compares the network once more, with the library that is left. Run it with the packages of
the image on PYTHONPATH; torch itself is not imported.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from engines.torch.build import answers, constructors

PACKAGES = ("torch", "torchgen", "functorch")
LIBRARY = "torch/lib/libtorch_cpu.so"
ENGINE = "engines.torch:Network"
LINE = "*" * 100
WARNING = """\
{line}
WARNING: no constructor of PyTorch's library was dropped: {reason}.
It is not laid out as the one that engines/torch/build/constructors.py knows. The image works, but
starts more slowly. DROP_CONSTRUCTORS=no builds without trying.
{line}"""


def libraries(library: Path) -> Iterator[Path]:
    """The library and those that it needs, resolved as the dynamic linker does."""
    yield library
    lines = subprocess.run(["ldd", library], check=True, capture_output=True, text=True).stdout
    for path in re.findall(r"=> (/\S+)", lines):
        yield Path(path).resolve()


def trim(site_packages: Path, is_dropping: bool = True) -> None:
    """Remove every other file of the packages, symbols that debuggers read, and constructors.

    Args:
        site_packages: the folder that torch is installed in.
        is_dropping: whether constructors that no network needs are taken out of the library.
    """
    library = (site_packages / LIBRARY).resolve()
    kept = [path for path in libraries(library) if site_packages.resolve() in path.parents]
    for package in PACKAGES:
        # Backwards, so that a folder comes after what is in it.
        for path in sorted((site_packages / package).rglob("*"), reverse=True):
            if path.resolve() not in kept:
                _remove(path)
    if is_dropping:
        drop_constructors(library)  # by their names, which go with the symbols
    for path in kept:
        subprocess.run(["strip", "--strip-unneeded", path], check=True)


def drop_constructors(library: Path) -> None:
    """Shorten the library's list of constructors, and say how, or loudly that it was not done."""
    try:
        dropped = constructors.drop(library)
    except constructors.LayoutError as error:
        print(WARNING.format(line=LINE, reason=error), file=sys.stderr)
        return
    print(f"{library.name}: dropped {len(dropped)} constructors: {', '.join(dropped)}")


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
    elif not any(path.iterdir()):
        path.rmdir()


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="engines.torch.build.trimming", description=__doc__)
    parser.add_argument("site_packages", type=Path, help="the folder that torch is installed in")
    parser.add_argument("--drop-constructors", choices=["yes", "no"], default="yes")
    parser.add_argument("--network", type=Path, help="network.so, to compare it again")
    parser.add_argument("--answers", type=Path, help="the file that the network's build kept")
    options = parser.parse_args(arguments)
    if bool(options.network) != bool(options.answers):
        parser.error("--network and --answers go together")
    return options


def main(arguments: list[str]) -> int:
    """Trim, and end with 1 where the network then answers otherwise."""
    options = parse(arguments)
    trim(options.site_packages, options.drop_constructors == "yes")
    if options.network:
        try:
            kept = answers.read(options.answers)
            answers.check(kept, ENGINE, options.network, options.site_packages)
        except answers.DifferenceError as error:
            hint = "does it with DROP_CONSTRUCTORS=no?"
            sys.exit(f"engines.torch.build: with the trimmed library, {error}\n{hint}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
