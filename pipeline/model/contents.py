"""What of a model directory may go into an image, and what is left out or refused.

A link that leads out of the directory, and a file whose name says that it holds a secret, are
refused by name. `CONTEXT_ALLOW` in model.env lists those that are meant to go in.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import ContextError

LEFT_OUT = (
    *(".git", ".hg", ".svn", ".venv", ".build", ".local", ".DS_Store", "._*"),
    *("__pycache__", "*.pyc", ".*_cache", ".ipynb_checkpoints"),
)
SECRET = (
    *(".env", ".env.*", ".netrc", ".pypirc", ".npmrc", ".git-credentials", ".aws", ".ssh"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.key", "*.p12", "*.pfx"),
)
Ignore = Callable[[str, "list[str]"], "set[str]"]


def choice(directory: Path, allowed: Collection[str] = ()) -> Ignore:
    """Make the function that tells `shutil.copytree` what of a directory to leave out.

    Args:
        directory: the model directory.
        allowed: paths in it that may go in although they would be refused.

    Returns:
        a function that raises ContextError at what is refused.
    """

    def ignore(folder: str, names: list[str]) -> set[str]:
        out = set(left_out(names))
        above = _real_folders(directory, Path(folder))
        for name in set(names) - out:
            path = Path(folder, name)
            if path.relative_to(directory).as_posix() not in allowed:
                _check(path, directory)
            _check_kind(path, above)
        return out

    return ignore


def left_out(names: Iterable[str]) -> Iterator[str]:
    """List the names that never go into an image: caches, environments, version control."""
    return (name for name in names if _fits(name, LEFT_OUT))


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _real_folders(directory: Path, folder: Path) -> set[str]:
    """The folders that lead to one, without links."""
    parts = folder.relative_to(directory).parts
    return {os.path.realpath(directory.joinpath(*parts[:n])) for n in range(len(parts) + 1)}


def _check(path: Path, directory: Path) -> None:
    name = path.relative_to(directory).as_posix()
    way_out = f"or set CONTEXT_ALLOW={name} in model.env if it is meant to go into the image"
    if _fits(path.name, SECRET):
        raise ContextError(f"{name} may hold a secret: move it out of the directory, {way_out}")
    if path.is_symlink() and not _is_inside(path, directory):
        target = os.readlink(path)
        raise ContextError(
            f"{name} is a link out of the directory, to {target}: copy the file, {way_out}"
        )


def _is_inside(path: Path, directory: Path) -> bool:
    real = os.path.realpath(directory)
    return os.path.realpath(path).startswith(os.path.join(real, ""))


def _check_kind(path: Path, above: Collection[str]) -> None:
    """Refuse what a copy would never end with, or could not begin."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ContextError(f"cannot copy {path}: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        if os.path.realpath(path) in above:
            raise ContextError(f"{path} is a link to a folder that it lies in; remove it")
    elif not stat.S_ISREG(mode):
        raise ContextError(f"{path} is not a file: pipes, sockets and devices have no content")
