"""A clone of the driver beside a model, and a PATH where `python3` notes what it is asked for."""

import shutil
import subprocess
from pathlib import Path

from tests.commands import REPOSITORY, Commands

RELEASE = "20260131T120000Z-0123456789abcdef"
# What each step prints, as pipeline/ would.
STEPS = f"""case "$2" in
push) echo {RELEASE} ;;
deploy) echo https://api/dev/predict ;;
ask) echo '{{"y": 2}}' ;;
esac"""


class Driver:
    """pipeline.sh in a folder with a space in its name; the steps are stubs."""

    def __init__(self, folder: Path) -> None:
        self.commands = Commands(folder)
        self.commands.link("bash", "dirname", "cat", "mkdir", "mktemp", "rm")
        self.commands.stub("python3", STEPS)
        self.root = folder / "my clone"
        self.root.mkdir()
        shutil.copy(REPOSITORY / "pipeline.sh", self.root)
        (folder / "my model").mkdir()
        self.folder = folder

    def run(self, *flags: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the driver from the folder that holds the clone and the model."""
        return subprocess.run(
            ["bash", "my clone/pipeline.sh", *flags],
            cwd=self.folder,
            env={"PATH": str(self.commands.folder), **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def steps(self) -> list[str]:
        """What `python3` was called with, without the place of pipeline/ and of the scratch."""
        calls = [call.partition("/pipeline ")[2] for call in self.commands.called()]
        scratch = f" --scratch {self.root}/.build/run-"
        return [call.split(scratch)[0] + call.partition(scratch)[2][8:] for call in calls]
