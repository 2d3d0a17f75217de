"""Builds the images, measures them, writes tables and pictures, and holds the budgets."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.given import directories as given
from benchmarks.plain_way.directories import make_all
from benchmarks.suite.budgets import (
    BUDGETS,
    Budget,
    Figures,
    broken,
    confirmed,
    read_budgets,
    unchecked,
)
from benchmarks.suite.measuring import FULL, QUICK, Report, measure, measure_times
from benchmarks.suite.pages import check_pages, write_costs
from benchmarks.suite.plots import draw
from benchmarks.suite.tables import as_json, as_markdown
from benchmarks.suite.variants import (
    FLOOR,
    Variant,
    build,
    examples,
    find_variants,
    reason_against,
    usual_ways,
)
from pipeline.commands import say
from pipeline.errors import PipelineError
from pipeline.image.base import base_image, start_docker
from pipeline.image.containers import remove_leftovers
from pipeline.image.function import Function
from pipeline.stopping import exit_at_signals

PYTHON = "3.11"


def chosen_variants(directories: Sequence[Path], is_quick: bool) -> tuple[list[Variant], list[str]]:
    """What is measured, and a sentence for each variant that is not."""
    compared = [] if is_quick or directories else [*usual_ways(), *make_all(), *given.make_all()]
    directories = directories or [*examples(), *compared]
    found = {v: reason_against(v, os.environ, is_quick) for v in find_variants(directories)}
    notes = [f"Not measured: {v.name}: {reason}." for v, reason in found.items() if reason]
    return [variant for variant, reason in found.items() if not reason], notes


def write(report: Report, folder: Path) -> None:
    """Writes a report into a folder."""
    (folder / "results.md").write_text(as_markdown(report), encoding="utf-8")
    (folder / "results.json").write_text(as_json(report), encoding="utf-8")
    draw(report, folder)
    say(f"Written: {folder}")


def failures(report: Report, held: list[Budget], functions: Sequence[Function]) -> list[str]:
    """A sentence for each budget that was broken; says which were not looked at."""
    for name in unchecked(held, report.figures):
        say(f"Budgets of {name}: not checked, it was not measured")

    def times_again(names: Collection[str]) -> Figures:
        again = [function for function in functions if function.name in {*names, FLOOR}]
        return measure_times(again, report.plan).figures

    return [str(one) for one in confirmed(list(broken(held, report.figures)), times_again)]


def run(options: argparse.Namespace) -> int:
    """Does what the command line asks for; 1 where a budget was broken."""
    start_docker()
    remove_leftovers()
    # One base for all, so that what is above it can be compared.
    os.environ.setdefault("BASE_IMAGE", base_image(PYTHON, "x86_64", stays_here=True))
    variants, notes = chosen_variants(options.directories, options.quick)
    for note in notes:
        say(note)
    held = read_budgets(options.budgets)
    options.out.mkdir(parents=True, exist_ok=True)  # what cannot be written shows before the work
    if options.pages:
        check_pages(options.pages)
    functions = [build(variant) for variant in variants]
    report = measure(functions, os.environ["BASE_IMAGE"], QUICK if options.quick else FULL)
    report.notes += notes
    write(report, options.out)
    if options.pages:
        write_costs(report, options.pages)
    print(as_markdown(report))
    found = failures(report, held, functions)
    for sentence in found:
        print(f"budget broken: {sentence}", file=sys.stderr)
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    """Run the command line of scripts/bench."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("directories", nargs="*", type=lambda name: Path(name).resolve())
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budgets", type=Path, default=BUDGETS)
    parser.add_argument("--pages", type=Path, help="the clone whose tables of costs are rewritten")
    exit_at_signals()
    try:
        return run(parser.parse_args(arguments))
    except (PipelineError, OSError) as error:
        sys.exit(f"bench: {error}")
    finally:
        remove_leftovers()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
