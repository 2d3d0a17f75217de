"""`baseline`: `drift.json`, what a model was trained on as counts, by the model's own image."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.built import built_here
from pipeline.commands import note, say
from pipeline.drift.sketches import BASELINE, Columns, added, as_json
from pipeline.errors import FunctionError, GivenError
from pipeline.image.base import with_base
from pipeline.image.check import invoke
from pipeline.image.containers import log, remove_leftovers
from pipeline.image.emulator import emulator
from pipeline.image.function import (
    Function,
    as_lambda,
    container,
    request_event,
    status_and_body,
)
from pipeline.options import Options
from pipeline.target import model_of

MOST_ROWS, MOST_REQUESTS = 5000, 1000  # of more some are sent, evenly
ROWS_AT_ONCE = 500
ROWS = "rows"
OK = 200
LARGE_MB = "3008"  # of memory, so that a batch of rows fits


def run(options: Options) -> None:
    """Write `drift.json` into the model directory.

    Raises:
        PipelineError: the image cannot be built, or does not take what is in the file.
    """
    if options.training is None or not options.training.is_file():
        raise GivenError("give what the model was trained on: --training FILE, .csv or .jsonl")
    if not options.model_directory.is_dir():
        raise GivenError("it is written into a model directory: make one with -n, then name that")
    model = with_base(model_of(options), stays_here=True)
    sent = list(requests(options.training, model.golden.request))
    if not sent:
        raise GivenError(f"{options.training} has no rows")
    say(f"Baseline: {len(sent)} requests of {options.training} to {model.directory}")
    with built_here(model, options) as function:
        try:
            found = _counted(function, sent)
        finally:
            remove_leftovers()
    file = model.directory / BASELINE
    file.write_text(json.dumps(as_json(found), indent=1) + "\n", encoding="utf-8")
    note(f"{file} has counts of {len(found)} columns, and no values: -o drift compares with it")


def requests(file: Path, golden: Any) -> Iterator[Any]:
    """Read requests: the lines of a `.jsonl`, or the rows of a `.csv` in the golden request's form.

    Args:
        file: what the model was trained on; columns that the model does not take are left out.
        golden: the golden request, which has a row of named columns, or is one.

    Raises:
        GivenError: it is neither, or lacks a column.
    """
    if file.suffix == ".jsonl":
        yield from _some(_lines(file), MOST_REQUESTS)
        return
    rows = golden.get(ROWS) if isinstance(golden, dict) else None
    first = rows[0] if isinstance(rows, list) and rows else golden
    if file.suffix != ".csv" or not isinstance(first, dict):
        raise GivenError(
            f"{file.name} must be a .csv whose columns are those of the golden request, or a .jsonl"
            " with a request in each line"
        )
    most = MOST_REQUESTS if first is golden else MOST_ROWS
    table = [_row(row, first, file) for row in _some(_table(file), most)]
    if first is golden:
        yield from table
    else:
        for start in range(0, len(table), ROWS_AT_ONCE):
            yield {**golden, ROWS: table[start : start + ROWS_AT_ONCE]}


def _some(items: Sequence[Any], most: int) -> Sequence[Any]:
    return items[:: max(1, -(-len(items) // most))]


def _lines(file: Path) -> list[Any]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise GivenError(f"{file} line {number} is not JSON: {error}") from error
    return found


def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def _row(row: Mapping[str, str], like: Mapping[str, Any], file: Path) -> dict[str, Any]:
    missing = [name for name in like if name not in row]
    if missing:
        raise GivenError(f"{file.name} lacks the column {missing[0]}, which the model takes")
    return {name: _value(row[name], like[name]) for name in like}


def _value(text: str | None, like: Any) -> Any:
    """Read a cell as the golden request's value of that column is; an empty one is missing."""
    if not text:  # None where the row is too short
        return None
    if isinstance(like, bool):
        return text.lower() in ("true", "1")
    if isinstance(like, str):
        return text
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _counted(function: Function, sent: Sequence[Any]) -> Columns:
    """Send requests to the image, and add up what its log has of them."""
    settings = {**function.settings, "MEMORY_SIZE": LARGE_MB}
    variables = {**function.variables, "DRIFT": "on"}
    running = function._replace(settings=settings, variables=variables)
    binary = emulator(function.settings["ARCHITECTURE"])
    with as_lambda(running, binary) as options, container(function.image, options) as name:
        events = [request_event(function.settings["API_PATH"], request) for request in sent]
        for number, answer in enumerate(invoke(running, name, *events), start=1):
            status, body = status_and_body(answer)
            if status != OK:
                raise FunctionError(f"request {number} is answered with {status}: {body[:500]}")
        return added(_sketches(log(name)))


def _sketches(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("drift"), dict):
            yield found["drift"]
