"""Where a release comes from: its git commit, who made it of what, and how it answered."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ReleaseError
from pipeline.places import ROOT


class Origin(NamedTuple):
    """What is known of a release beside what it deploys; each is empty where it is not known.

    Attributes:
        commit: of git, that the model directory is at.
        clean: whether the model directory, and the project that builds it, are as committed.
        engine: what runs the model, with its version.
        image_bytes: of the image's layers as the repository has them, compressed.
        lock_sha256: of the file of requirements.
        golden_ms: how long the first answer to the golden request took in the check.
        by: who pushed it, as AWS knows them.
        peak_mib: memory that the container took at most in the check.
    """

    commit: str = ""
    clean: bool = False
    engine: str = ""
    image_bytes: int = 0
    lock_sha256: str = ""
    golden_ms: float = 0.0
    by: str = ""
    peak_mib: int = 0


def origin_of(given: Path, requirements: Path) -> Origin:
    """Find out what files tell of a release's origin.

    Args:
        given: the model directory, or the model's file, that the user named.
        requirements: the file of its requirements, which need not be there.
    """
    commit = _git(given, "rev-parse", "HEAD") or ""
    clean = bool(commit) and _is_clean(given) and _is_clean(ROOT)
    return Origin(commit, clean, lock_sha256=_sha256(requirements))


def require_clean(stage: str, origin: Origin, allow_dirty: str, release: str = "") -> None:
    """Refuse for prod what nobody could build again: it is not in git as it is.

    Args:
        stage: where it shall run.
        origin: of the release.
        allow_dirty: the setting, `yes` or `no`.
        release: its name; empty while there is none yet.

    Raises:
        ReleaseError: it comes from a tree that is not clean, or from none.
    """
    if stage != "prod" or origin.clean or allow_dirty == "yes":
        return
    made = f"release {release} was made" if release else "this would be"
    if not origin.commit:
        raise ReleaseError(
            f"prod takes only what git has, and {made} of files that are in no git repository:"
            " commit them to one and push again with -p, or allow it: export ALLOW_DIRTY=yes"
        )
    raise ReleaseError(
        f"prod takes only what git has, and {made} of files that are changed or not committed"
        f" ({origin.commit}): git status names them. Commit them and push again with"
        " -p, or allow it: export ALLOW_DIRTY=yes"
    )


def _is_clean(path: Path) -> bool:
    """Tell whether git has a file, or a folder's files, as they are, ignored ones apart."""
    tracked = _git(path, "ls-files", "--", path.name if path.is_file() else ".")
    return bool(tracked) and _git(path, "status", "--porcelain", "--", ".") == ""


def _git(path: Path, *arguments: str) -> str | None:
    """Give what git says in a folder, or in a file's; None where it fails, or is not there."""
    folder = path.parent if path.is_file() else path
    command = ("git", "-C", str(folder), *arguments)
    try:
        asked = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return None
    return None if asked.returncode else asked.stdout.strip()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
