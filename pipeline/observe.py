"""-o: the log of a stage as it is written, its last hours as a picture, or what has changed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from pipeline.cloud.aws import region
from pipeline.cloud.logs import Query, follow, line_of
from pipeline.cloud.stacks import read_stack
from pipeline.commands import note, say
from pipeline.drift.index import changes
from pipeline.drift.shown import as_svg as as_picture
from pipeline.drift.shown import as_text as as_lines
from pipeline.drift.sketches import BASELINE, Columns, added, read_baseline
from pipeline.errors import PipelineError
from pipeline.options import Options
from pipeline.places import BUILD
from pipeline.plots.hours import HOURS, as_svg, as_text, sums
from pipeline.plots.text import columns, has_blocks
from pipeline.target import Target, target_of

DASHBOARD, DRIFT = "dashboard", "drift"
DAY_MS = 86_400_000
DAYS_BEFORE = 14  # in which the release before is looked for
BEFORE_MS = 60_000  # what is shown of the time before
MOST_LINES = 20_000
BOARDS = BUILD / "boards"
RED, DIM, PLAIN = "\033[31m", "\033[2m", "\033[0m"


def run(options: Options) -> None:
    """Show the model's lines of the log until it is interrupted; or draw the last hours.

    Raises:
        PipelineError: nothing is deployed, or the log cannot be read.
    """
    target = target_of(options)
    stack = read_stack(target.names.function_stack)
    group = stack.outputs.get("LogGroupName")
    if not group:
        raise PipelineError(
            f"nothing is deployed in stage {options.stage}. Deploy: {options.command('-d')}"
        )
    if options.watched == DASHBOARD:
        _draw(target, group)
    elif options.watched == DRIFT:
        _compare(target, group, stack.outputs["Release"])
    else:
        say(f"Log: {group}{f', {options.watched}' if options.watched else ''}; Ctrl-C ends it")
        start_ms = _now_ms() - (HOURS * 3_600_000 if options.watched else BEFORE_MS)
        for line in follow(Query(group, options.watched), start_ms, options.once):
            print(as_line(line) if sys.stdout.isatty() else json.dumps(line), flush=True)


def _now_ms() -> int:
    return round(time.time() * 1000)


def as_line(line: Mapping[str, Any]) -> str:
    """Write a line of the log for a person."""
    failed = int(line["status"]) >= 500
    said = (
        f"{line['timestamp'][11:19]} {line['status']} {line['total_ms']:>9,.1f} ms"
        f" {line['method']} {line['path']}"
    )
    cold = " cold start" if line.get("cold_start") else ""
    more = f"{DIM}{cold} {line['release']} {line['request_id']}{PLAIN}"
    trace = f"\n{line['traceback']}" if line.get("traceback") else ""
    return f"{RED if failed else ''}{said}{PLAIN if failed else ''}{more}{trace}"


def _draw(target: Target, group: str) -> None:
    say(f"Dashboard: the last {HOURS} hours of {group}")
    end_ms = _now_ms()
    events = Query(group).since(end_ms - HOURS * 3_600_000, MOST_LINES)
    found = sums([line for line in map(line_of, events) if line], end_ms)
    print("\n".join(as_text(found, columns(), has_blocks())))
    picture = BOARDS / f"{target.names.function_stack}.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(as_svg(found, target.names.function_stack), encoding="utf-8")
    note(f"\nThe same as a picture: {picture}")
    if not target.options.local:
        note(f"With DASHBOARD=on also {_url(target)}")


def _compare(target: Target, group: str, release: str) -> None:
    """Show what has changed in a day's requests and answers of the live release."""
    say(f"Drift: the last 24 hours of {group}, release {release}")
    now = _sketches(Query(group, release), DAY_MS).get(release)
    if not now:
        raise PipelineError(
            "the log has no counts of this release yet: set DRIFT=on, push with -p, deploy with -d,"
            " and let it answer some requests"
        )
    reference, name = _reference(target, group, release)
    note(f"compared with {name}")
    found = changes(reference, now)
    print("\n".join(as_lines(found, columns(), has_blocks())))
    picture = BOARDS / f"{target.names.function_stack}-drift.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(as_picture(found, f"{release} beside {name}"), encoding="utf-8")
    note(f"\nThe same as a picture: {picture}")


def _reference(target: Target, group: str, release: str) -> tuple[Columns, str]:
    """Find what to compare with: what the model was trained on, else the release before."""
    directory = target.options.named_directory
    file = directory / BASELINE if directory and directory.is_dir() else None
    if file and file.is_file():
        return read_baseline(file), f"training ({file.name})"
    others = _sketches(Query(group), DAYS_BEFORE * DAY_MS)
    before = max((name for name in others if name < release), default="")
    if not before:
        raise PipelineError(
            f"there is nothing to compare with: no release before {release} is in the log of"
            f" {DAYS_BEFORE} days, and no {BASELINE} in the model directory. Count what the model"
            " was trained on: python3 -m pipeline baseline --training FILE MODEL"
        )
    return others[before], f"release {before}"


def _sketches(query: Query, ago_ms: int) -> dict[str, Columns]:
    """Add up the counts in a log, by release; of very many lines the first."""
    events = query.since(_now_ms() - ago_ms, MOST_LINES)
    if len(events) >= MOST_LINES:
        note(f"the first {MOST_LINES:,} lines count; there are more")
    by_release: dict[str, list[Any]] = {}
    for line in map(line_of, events):
        if query.wants(line) and line.get("drift"):
            by_release.setdefault(str(line["release"]), []).append(line["drift"])
    return {release: added(some) for release, some in by_release.items()}


def _url(target: Target) -> str:
    name = f"{target.names.project}-{target.options.stage}"
    place = f"https://{region()}.console.aws.amazon.com/cloudwatch/home?region={region()}"
    return f"{place}#dashboards:name={name}"
