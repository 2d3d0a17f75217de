"""What a requirements file may say where this machine's pip reads it.

A model directory is data: downloading its wheels must run no code of it. Of pip's options only
those are taken that name versions, hashes and package indexes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import PipError

INCLUDES = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(?P<file>\S.*)")
OPTIONS = re.compile(
    r"(-i|--index-url|--extra-index-url|--only-binary|--prefer-binary|--pre|--require-hashes)\b.*"
)
HASH = re.compile(r"\s--hash=\w+:[0-9a-f]+")
VERSION = r"(===|==|~=|!=|<=|>=|<|>)\s*[\w.*+!-]+"
REQUIREMENT = re.compile(
    r"[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]*\])?\s*"
    rf"({VERSION}(\s*,\s*{VERSION})*)?\s*(;(?!.*\s-).*)?"
)
FILE = re.compile(r"\.(whl|zip|tar|tar\.\w+|tgz)$")


def check_requirements(file: Path, root: Path) -> None:
    """Make sure that downloading a requirements file runs no code, and of those that it includes.

    Args:
        file: the requirements file.
        root: the folder that it and its includes must lie in.

    Raises:
        PipError: there is no such file in the folder, or a line names code, a path or a URL.
    """
    _check(file, root.resolve(), set())


def included(file: Path) -> list[Path]:
    """List the files that a requirements file includes, if that is all it does; else itself.

    An index that one of them names is then asked for the packages of that one alone.
    """
    return _included(file.resolve(), set())


def _included(file: Path, seen: set[Path]) -> list[Path]:
    if file in seen:
        return []
    seen.add(file)
    lines = [line for _, line in _lines(file) if line]
    found = [INCLUDES.fullmatch(line) for line in lines]
    if not lines or not all(found) or any(line.startswith("-c") for line in lines):
        return [file]
    files = [(file.parent / one["file"].strip()).resolve() for one in found if one]
    return [inner for one in files for inner in _included(one, seen)]


def has_hashes(file: Path) -> bool:
    """Tell whether a line of a requirements file, or of one that it includes, has a hash.

    pip then asks for the hash of every package: the file must name all that its packages need.
    """
    return any(HASH.search(line) for line in _all_lines(file.resolve(), set()))


def _all_lines(file: Path, seen: set[Path]) -> Iterator[str]:
    seen.add(file)
    for _, line in _lines(file):
        yield line
        include = INCLUDES.fullmatch(line)
        inner = include and (file.parent / include["file"].strip()).resolve()
        if inner and inner not in seen:
            yield from _all_lines(inner, seen)


def _check(file: Path, root: Path, seen: set[Path]) -> None:
    file = file.resolve()
    if root not in file.parents:
        raise PipError(f"{file} is outside the model directory: put it inside")
    if not file.is_file():
        raise PipError(f"there is no file {file}; WHEELS_FOR names it")
    if file in seen:
        return
    seen.add(file)
    for number, words in _lines(file):
        include = INCLUDES.fullmatch(words)
        if include:
            _check(file.parent / include["file"].strip(), root, seen)
        elif words and not _is_harmless(words):
            raise PipError(
                f"{file.name} line {number}: a wheelhouse takes packages by name and version from"
                f" an index alone, not {words!r}. Build without -w and WHEELHOUSE=1 for that"
            )


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    for number, line in enumerate(text.splitlines(), start=1):
        yield number, re.sub(r"(^|\s)#.*", "", line).strip()


def _is_harmless(words: str) -> bool:
    if words.startswith("-"):
        return bool(OPTIONS.fullmatch(words))
    name = HASH.sub("", words).strip()
    return bool(REQUIREMENT.fullmatch(name)) and not FILE.search(name.split()[0])
