"""What a step is told."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import NamedTuple

STAGES = ("dev", "stage", "prod")
PREVIOUS = "previous"  # in place of a release: the one that was deployed before
NAMED_WITHOUT_DIRECTORY = ("TEMPLATE_REGISTRY", "TEMPLATE_LAMBDA")


class Options(NamedTuple):
    """What a step is told.

    Attributes:
        stage: dev, stage or prod; empty for steps that need no AWS.
        directory: the model directory, or the model's file, that was named, if one was.
        dockerfile: the Dockerfile's path in it; empty for `Dockerfile`.
        wheels: whether the wheels are downloaded on this machine.
        into: the model directory to write.
        weights: the model's new file, for an image that is there.
        release: the release to deploy, a stage that runs it, or `previous`; empty for the newest.
        yes: whether every question is answered with yes.
        check_model: whether the model directory is read first, since a push of it follows.
        watched: of the log, a release or the number of a call; `dashboard` for a picture of it,
            `drift` for what has changed in requests and answers.
        training: rows or requests that the model was trained on.
        once: whether what is there of the log is enough.
        port: to try the app on; 0 for a free one.
        local: the file that tells of the local AWS; None for AWS itself.
        scratch: a folder of this run; None where the step runs alone.
    """

    stage: str = ""
    directory: Path | None = None
    dockerfile: str = ""
    wheels: bool = False
    into: Path | None = None
    weights: Path | None = None
    release: str = ""
    yes: bool = False
    check_model: bool = False
    watched: str = ""
    training: Path | None = None
    once: bool = False
    port: int = 0
    local: Path | None = None
    scratch: Path | None = None

    @property
    def model_directory(self) -> Path:
        """The model directory, by default the current one."""
        return self.directory or Path()

    @property
    def stays_here(self) -> bool:
        """Whether an image is for this machine alone: it is not pushed to AWS."""
        return bool(self.local) or not self.stage

    @property
    def named_directory(self) -> Path | None:
        """The model directory, unless exported names stand in for it."""
        if not self.directory and all(os.environ.get(name) for name in NAMED_WITHOUT_DIRECTORY):
            return None
        return self.model_directory

    def command(self, flags: str) -> str:
        """Give the command of pipeline.sh that runs other steps for the same model."""
        words = ["bash pipeline.sh", f"-s {self.stage}", *(["-l"] if self.local else []), flags]
        return " ".join([*words, *([shlex.quote(str(self.directory))] if self.directory else [])])
