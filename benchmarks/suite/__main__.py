"""Builds the images, measures them, writes tables and pictures, and holds the budgets."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from containers import remove_leftovers
from dockerfile import DockerfileError
from example import ExampleError
from rie import RieError
from settings import SettingsError
from stage import StageError
from stopping import exit_at_signals

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
from benchmarks.suite.engine import BenchError, say
from benchmarks.suite.measuring import FULL, QUICK, Report, measure, measure_times
from benchmarks.suite.plots import draw
from benchmarks.suite.readme import check_marks, with_costs
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

EXPECTED = (BenchError, DockerfileError, ExampleError, RieError, SettingsError, StageError, OSError)


def chosen_variants(directories: Sequence[Path], is_quick: bool) -> tuple[list[Variant], list[str]]:
    """What is measured, and a sentence for each variant that is not."""
    compared = [] if is_quick or directories else [*usual_ways(), *make_all()]
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


def write_costs(report: Report, readme: Path) -> None:
    """Brings the README's table up to date."""
    readme.write_text(with_costs(readme.read_text(encoding="utf-8"), report), encoding="utf-8")
    say(f"Written: {readme}")


def failures(report: Report, held: list[Budget], variants: Sequence[Variant]) -> list[str]:
    """A sentence for each budget that was broken; says which were not looked at."""
    for name in unchecked(held, report.figures):
        say(f"Budgets of {name}: not checked, it was not measured")

    def times_again(names: Collection[str]) -> Figures:
        again = [variant for variant in variants if variant.name in {*names, FLOOR}]
        return measure_times(again, report.plan).figures

    return [str(one) for one in confirmed(list(broken(held, report.figures)), times_again)]


def run(options: argparse.Namespace) -> int:
    """Does what the command line asks for; 1 where a budget was broken."""
    remove_leftovers()
    variants, notes = chosen_variants(options.directories, options.quick)
    for note in notes:
        say(note)
    held = read_budgets(options.budgets)
    options.out.mkdir(parents=True, exist_ok=True)  # what cannot be written shows before the work
    if options.readme:
        check_marks(options.readme.read_text(encoding="utf-8"))
    variants = [build(variant) for variant in variants]
    report = measure(variants, os.environ["BASE_IMAGE"], QUICK if options.quick else FULL)
    report.notes += notes
    write(report, options.out)
    if options.readme:
        write_costs(report, options.readme)
    print(as_markdown(report))
    found = failures(report, held, variants)
    for sentence in found:
        print(f"budget broken: {sentence}", file=sys.stderr)
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    """The command line of scripts/bench, which sets BASE_IMAGE."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("directories", nargs="*", type=lambda name: Path(name).resolve())
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budgets", type=Path, default=BUDGETS)
    parser.add_argument("--readme", type=Path, help="the file whose table of costs is rewritten")
    exit_at_signals()
    try:
        return run(parser.parse_args(arguments))
    except EXPECTED as error:
        sys.exit(f"bench: {error}")
    finally:
        remove_leftovers()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
