"""-i alone: the releases of a stage, newest first, and when they were made, on a line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.cloud.aws import both
from pipeline.cloud.record import TIME, Record
from pipeline.cloud.registry import find_registry
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import Stack, read_stack
from pipeline.cloud.versions import live, versions
from pipeline.commands import note, say
from pipeline.errors import AwsError
from pipeline.model.origin import Origin
from pipeline.options import STAGES, Options
from pipeline.plots.text import columns, has_blocks
from pipeline.scratch import scratch_folder
from pipeline.target import Target, target_of

MARGIN = 2
DETAILED = 10  # of the newest, what their records say
MB = 1_000_000
COMMIT_DIGITS = 10
# On standard error, so that what is printed stays rows for a program.
HEADING = "release, the stages that run it, commit, engine, image, first answer, pushed by:"


def run(options: Options) -> None:
    """Print each release, the stages that run it behind a tab, and what is known of the newest.

    Raises:
        PipelineError: there is no registry, or AWS cannot be asked.
    """
    target = target_of(options)
    say(f"Releases: {target.names.function_stack}, newest first")
    with scratch_folder(options.scratch) as scratch:
        releases = _releases(target, scratch)
        names, running = both(releases.names, lambda: _running(target))
        if not names:
            note(f"none was pushed yet. Push the model: {options.command('-p')}")
            return
        records = releases.fetch_all(names[-DETAILED:])
    _show(names, running, records, options.stage)


def _releases(target: Target, scratch: Path) -> Releases:
    command = target.options.command("-r")
    registry = find_registry(target.names.registry_stack, scratch, command)
    return Releases(registry.bucket, target.names.prefix, scratch)


def _show(
    names: Sequence[str],
    running: Mapping[str, Sequence[str]],
    records: Mapping[str, Record],
    stage: str,
) -> None:
    here = next((name for name in names if _runs(running.get(name, ()), stage)), "")
    note("\n".join(timeline(names, here, columns(), has_blocks())))
    note(HEADING)
    for name in reversed(names):
        known = described(records[name].origin) if name in records else []
        print("\t".join([name, ", ".join(running.get(name, ())), *known]).rstrip())


def _runs(stages: Sequence[str], stage: str) -> bool:
    return any(one.split()[0] == stage for one in stages)


def _running(target: Target) -> dict[str, list[str]]:
    """Find out which stages run each release, with the share of it where traffic is shifted."""
    with ThreadPoolExecutor(len(STAGES)) as threads:
        shares = list(threads.map(lambda stage: _shares(target, stage), STAGES))
    found: dict[str, list[str]] = {}
    for stage, of_stage in zip(STAGES, shares):
        for release, share in of_stage.items():
            text = stage if share == 1 else f"{stage} {share:.0%}"
            found.setdefault(release, []).append(text)
    return found


def _shares(target: Target, stage: str) -> dict[str, float]:
    """Tell which part of a stage's requests each release gets; nothing of a stage that is not."""
    try:
        stack = read_stack(target.stack_of(stage))
        return _shifted(stack) if "Release" in stack.outputs else {}
    except AwsError as error:
        if stage == target.options.stage:
            raise
        note(f"{stage} cannot be asked: {error}")  # it may be for others to see
        return {}


def _shifted(stack: Stack) -> dict[str, float]:
    release, function = stack.outputs["Release"], stack.outputs["FunctionName"]
    alias = live(function)
    if alias is None or not alias.shifting:
        return {release: 1}
    by_number = {one.number: one.release for one in versions(function)}
    rest = 1 - sum(alias.shifting.values())
    shares = {alias.version: rest, **alias.shifting}
    return {by_number.get(number, f"version {number}"): share for number, share in shares.items()}


def described(origin: Origin) -> list[str]:
    """Say what is known of a release: commit, engine, size, the first answer's time, by whom."""
    commit = origin.commit[:COMMIT_DIGITS] or "no commit"
    return [
        commit if origin.clean else f"{commit}, changed",
        origin.engine or "-",
        f"{origin.image_bytes / MB:.0f} MB",
        f"{origin.golden_ms:,.0f} ms",
        origin.by.rpartition(":")[2] or "-",
    ]


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
