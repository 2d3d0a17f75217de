"""Locks requirements: `*.in` files, which people write, become `*.txt` files, which pip installs.

A lock has every package with its version and the hashes of its files for all platforms. A comment
`# lock: OPTIONS` in an `.in` file gives options to uv, such as `--no-deps`.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
UNIVERSAL = ("--quiet", "--no-header", "--universal", "--generate-hashes")
OLDEST_PYTHON = ("--python-version", "3.11")
HEADER = """\
# Made from {name} by `bash scripts/lock`: change that file and run it again.
# Or write this file by hand, without any hash: pip asks for all hashes as soon as one line has one.
"""
OPTIONS = re.compile(r"^# lock: (.+)$", re.MULTILINE)
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


class Locked(NamedTuple):
    """A package in a lock."""

    pin: str
    has_hash: bool
    is_asked_for: bool  # by the `.in` file, not by another package alone


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Find the `.in` files below a folder, but for those in hidden folders."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".in"))


def lock(source: Path, *options: str) -> bool:
    """Write the lock of an `.in` file; without success, the one that is there stays.

    Args:
        source: the `.in` file; its lock lies beside it.
        options: for uv, beside those of the file.
    """
    target = source.with_suffix(".txt")
    text = source.read_text(encoding="utf-8")
    own = [word for line in OPTIONS.findall(text) for word in line.split()]
    python = () if OLDEST_PYTHON[0] in own else OLDEST_PYTHON
    files = (source.name, "--output-file", target.name)
    command = [str(UV), "pip", "compile", *UNIVERSAL, *python, *own, *options, *files]
    print("+", shlex.join(command), flush=True)
    done = subprocess.run(command, cwd=source.parent, stdout=subprocess.DEVNULL)
    if done.returncode == 0:
        # uv would write this machine's own indexes too.
        head = [HEADER.format(name=source.name), *sorted(_indexes(text))]
        body = target.read_text(encoding="utf-8")
        target.write_text("\n".join([*head, body]), encoding="utf-8")
    return done.returncode == 0


def faults(source: Path) -> Iterator[str]:
    """Say where a lock does not fit its `.in` file; needs no network."""
    target = source.with_suffix(".txt")
    if not target.is_file():
        yield f"{target} is missing"
        return
    text, asked = target.read_text(encoding="utf-8"), source.read_text(encoding="utf-8")
    packages = [*_locked(text, source.name)]
    wanted, pinned = _pins(asked), {package.pin for package in packages if package.is_asked_for}
    yield from (f"{target} lacks {pin}" for pin in sorted(wanted - pinned))
    yield from (f"{target} has {pin}, unlike {source.name}" for pin in sorted(pinned - wanted))
    yield from (f"{target} has no hash of {one.pin}" for one in packages if not one.has_hash)
    if _indexes(text) != _indexes(asked):
        yield f"{target} has other indexes than {source.name}"


def _pins(text: str) -> set[str]:
    return {_pin(found) for found in map(PIN.match, text.splitlines()) if found}


def _pin(found: re.Match[str]) -> str:
    return f"{re.sub(r'[-_.]+', '-', found[1]).lower()}=={found[2]}"


def _indexes(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("-")}


def _locked(text: str, source_name: str) -> Iterator[Locked]:
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        found = PIN.match(entry)
        asked_for = re.search(rf"^ +# .*-r {re.escape(source_name)}$", entry, re.MULTILINE)
        pin = _pin(found) if found else entry.split()[0]
        yield Locked(pin, bool(HASH.search(entry)), bool(asked_for))


def main(arguments: list[str]) -> int:
    """Lock, or check, and say what failed."""
    parser = argparse.ArgumentParser(prog="scripts/lock")
    parser.add_argument("sources", nargs="*", type=Path)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true")
    only.add_argument("--upgrade", action="store_true")
    chosen = parser.parse_args(arguments)
    found = chosen.sources or [*sources()]
    if chosen.check:
        failed = [fault for source in found for fault in faults(source)]
        advice = "run bash scripts/lock"
    else:
        options = ["--upgrade"] if chosen.upgrade else []
        failed = [f"{source} is as it was" for source in found if not lock(source, *options)]
        advice = "uv's reason stands above"
    for fault in failed:
        print(f"lock: {fault}: {advice}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
