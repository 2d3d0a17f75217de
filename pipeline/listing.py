"""-i alone: the releases of a stage, newest first, and when they were made, on a line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from pipeline.cloud.aws import both
from pipeline.cloud.record import TIME
from pipeline.cloud.registry import find_registry
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import read_stack
from pipeline.commands import note, say
from pipeline.options import Options
from pipeline.plots.text import columns, has_blocks
from pipeline.scratch import scratch_folder
from pipeline.target import Target, target_of

MARGIN = 2


def run(options: Options) -> None:
    """Print each release with a tab and `live` behind the one that the stage runs.

    Raises:
        PipelineError: there is no registry, or AWS cannot be asked.
    """
    target = target_of(options)
    say(f"Releases: {target.names.function_stack}, newest first")
    with scratch_folder(options.scratch) as scratch:
        names, stack = both(
            lambda: _releases(target, scratch).names(),
            lambda: read_stack(target.names.function_stack),
        )
    live = stack.outputs.get("Release", "")
    if not names:
        note(f"none was pushed yet. Push the model: {options.command('-p')}")
        return
    note("\n".join(timeline(names, live, columns(), has_blocks())))
    for name in reversed(names):
        print(f"{name}\tlive" if name == live else name)


def _releases(target: Target, scratch: Path) -> Releases:
    command = target.options.command("-r")
    registry = find_registry(target.names.registry_stack, scratch, command)
    return Releases(registry.bucket, target.names.prefix, scratch)


def timeline(names: Sequence[str], live: str, width: int, blocks: bool) -> list[str]:
    """Draw when releases were made: a mark each on a line of time, with its two ends below.

    Args:
        names: of the releases, oldest first, at least one.
        live: the name of the one that runs.
        width: of the terminal.
        blocks: whether it takes Unicode.
    """
    rule, mark, live_mark = "─○●" if blocks else "-o*"
    places = _places([made(name) for name in names], width - 2 * MARGIN)
    line = [rule] * (width - 2 * MARGIN)
    for name, place in zip(names, places):
        if line[place] != live_mark:
            line[place] = live_mark if name == live else mark
    first, last = f"{made(names[0]):%Y-%m-%d %H:%M}", f"{made(names[-1]):%Y-%m-%d %H:%M} UTC"
    gap = " " * (len(line) - len(first) - len(last))
    drawn = [" " * MARGIN + "".join(line), " " * MARGIN + (first + gap + last if gap else last)]
    return [*drawn, f"{' ' * MARGIN}{live_mark} live"] if live in names else drawn


def _places(times: Sequence[datetime.datetime], width: int) -> list[int]:
    """Place times from the left to the right; a single one stands at the right."""
    whole = (times[-1] - times[0]).total_seconds()
    if not whole:
        return [width - 1] * len(times)
    return [round((time - times[0]).total_seconds() / whole * (width - 1)) for time in times]


def made(name: str) -> datetime.datetime:
    """Tell when a release was made, in UTC."""
    return datetime.datetime.strptime(name.partition("-")[0], TIME)
