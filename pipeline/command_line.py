"""The command line of the steps; pipeline.sh writes it, and a user can."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from pipeline.cloud.record import NAME, NAME_EXAMPLE
from pipeline.commands import finish, note
from pipeline.errors import PipelineError
from pipeline.options import PREVIOUS, STAGES, Options
from pipeline.stopping import exit_at_signals

# Step: the module whose `run` does it, and what it does. The first ten need a stage.
STEPS = {
    "registry": ("registry", "-r: create or update the ECR repository and the S3 bucket"),
    "push": ("push", "-p: build, check and push the image; prints the release's name"),
    "swap": ("swap", "-m: put another file of the model into the newest image; prints the release"),
    "deploy": ("deploy", "-d: deploy a release, by default the newest; prints the API's URL"),
    "ask": ("ask", "-t: send the golden request to the API and check the answer"),
    "observe": ("observe", "-o: follow the log, or draw the last hours of it"),
    "check-up": ("checkup", "-c: look for what will fail, and say what mends it"),
    "key": ("key", "-k: print the API key, where AUTH=key"),
    "releases": ("listing", "-i alone: list the releases, newest first, on a line of time"),
    "delete": ("delete", "-x: delete the stage's stacks, after asking"),
    "try": ("try_here", "run the app here, without Docker, and again at each change"),
    "new": ("new", "-n: write a model directory"),
    "golden": ("golden", "make the golden request by the model's own library"),
    "baseline": ("baseline", "count what the model was trained on, for -o drift"),
    "measure": ("measure", "-b: measure the image with several sizes of memory"),
    "context": ("context", "make what an image is built from; prints the folder"),
    "emulator": ("emulator", "get Lambda's Runtime Interface Emulator; prints the file"),
    "request": ("request", "print the golden request of a model"),
}
NEED_STAGE = (
    "registry",
    "push",
    "swap",
    "deploy",
    "ask",
    "observe",
    "check-up",
    "key",
    "releases",
    "delete",
)


def main(arguments: Sequence[str]) -> int:
    """Run a step; 1 and the reason on standard error where it cannot be done."""
    step, options = parse(arguments)
    exit_at_signals()
    try:
        _check_release(options)
        import_module(f"pipeline.{STEPS[step][0]}").run(options)
    except (PipelineError, OSError, UnicodeDecodeError) as error:
        finish()
        note(f"pipeline: {error}")
        return 1
    return 0


def parse(arguments: Sequence[str]) -> tuple[str, Options]:
    """Read a command line: the step, and what it is told."""
    parser = _parser()
    found = vars(parser.parse_intermixed_args(arguments))
    step = found.pop("step")
    if step in NEED_STAGE and not found["stage"]:
        parser.error(f"{step} needs --stage")
    return step, Options(**found)


def _parser() -> argparse.ArgumentParser:
    steps = "\n".join(f"  {step:<10} {text}" for step, (_, text) in STEPS.items())
    parser = argparse.ArgumentParser(
        prog="python3 -m pipeline",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"steps:\n{steps}",
    )
    parser.add_argument("step", choices=STEPS, metavar="step", help="one of those below")
    parser.add_argument(
        "directory", nargs="?", type=Path, help="the model directory, or a model's file"
    )
    parser.add_argument("--stage", choices=STAGES, default="")
    parser.add_argument("--dockerfile", default="", help="its path in the model directory")
    parser.add_argument("--wheels", action="store_true", help="download the wheels here first")
    parser.add_argument("--into", type=Path, metavar="DIR", help="the model directory to write")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="the model's new file")
    parser.add_argument("--release", default="", help="the release to deploy")
    parser.add_argument(
        "--watched", default="", metavar="WHAT", help="a release, a call, dashboard or drift"
    )
    parser.add_argument("--training", type=Path, metavar="FILE", help="rows, .csv or .jsonl")
    parser.add_argument("--once", action="store_true", help="end with what is there of the log")
    parser.add_argument("--yes", action="store_true", help="answer every question with yes")
    parser.add_argument("--check-model", action="store_true", help="as a push of it follows")
    parser.add_argument("--port", type=int, default=0, help="to try on; by default a free one")
    parser.add_argument("--local", type=Path, metavar="FILE", help="what `local/aws file` prints")
    parser.add_argument("--scratch", type=Path, metavar="FOLDER", help="a folder of this run")
    return parser


def _check_release(options: Options) -> None:
    name = options.release
    if name in STAGES and name == options.stage:
        raise PipelineError(
            f"{name} cannot be promoted to itself: leave -i out to deploy its newest"
        )
    if name and name not in (*STAGES, PREVIOUS) and not NAME.fullmatch(name):
        raise PipelineError(
            f"-i takes a release, as in {NAME_EXAMPLE}, a stage whose release is promoted, or"
            f" {PREVIOUS}, not {name!r}"
        )
