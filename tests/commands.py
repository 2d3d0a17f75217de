"""A PATH with nothing on it but what a test puts there: real commands by link, others as stubs."""

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


class Commands:
    """A folder of commands; its name has a space in it, as a user's may."""

    def __init__(self, folder: Path) -> None:
        self.calls = folder / "calls"
        self.folder = folder / "bin with space"
        self.folder.mkdir()
        self.calls.touch()

    def link(self, *names: str) -> None:
        """Puts real commands of this machine on the PATH."""
        for name in names:
            found = shutil.which(name)
            assert found, f"this machine has no {name}"
            (self.folder / name).symlink_to(found)

    def stub(self, name: str, body: str = "") -> None:
        """Puts a command on the PATH that notes its call and then does what its lines of sh say."""
        lines = ["#!/bin/sh", f'echo "{name} $*" >>"{self.calls}"', body]
        file = self.folder / name
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o755)

    def called(self) -> list[str]:
        """The calls of stubs until now."""
        return self.calls.read_text().splitlines()

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Starts a command that sees this PATH and these variables only."""
        return subprocess.Popen(
            [str(word) for word in command],
            env={"PATH": str(self.folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command that sees this PATH and these variables only."""
        with self.start(*command, **environment) as process:
            stdout, stderr = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def is_debian() -> bool:
    """Whether apt can install things here."""
    return Path("/etc/debian_version").exists()


def is_root() -> bool:
    """Whether this process may do all."""
    return os.geteuid() == 0
