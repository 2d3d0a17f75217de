"""The tables of what the images cost, which a whole run of `scripts/bench` writes into pages.

README gets the images that tell most and a few columns, docs/compared.md those of one model, and
docs/memory-and-cost.md all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.suite.measuring import Report
from benchmarks.suite.tables import main_table
from pipeline.commands import say
from pipeline.errors import PipelineError

BEGIN, END = "<!-- costs: scripts/bench writes them -->", "<!-- end of costs -->"


class Page(NamedTuple):
    """A page with a table of costs between its marks.

    Attributes:
        path: from the root of the repository.
        measures: its columns.
        variants: its rows, in this order; all that were measured where there are none.
    """

    path: str
    measures: Collection[str]
    variants: Collection[str] = ()


PAGES = (
    Page(
        "README.md",
        ("cold_ms", "warm_ms", "peak_mib", "image_mb", "knee_dollars"),
        ("floor", "xgboost-example", "xgboost-sklearn", "pytorch-example", "pytorch-eager"),
    ),
    Page(
        "docs/compared.md",
        ("cold_ms", "cold_over_floor", "warm_ms", "peak_mib", "image_mb"),
        (
            *("xgboost-given", "xgboost-example", "xgboost-sklearn", "xgboost-powertools"),
            *("xgboost-fastapi", "xgboost-mlflow"),
        ),
    ),
    Page(
        "docs/memory-and-cost.md",
        (
            *("cold_ms", "cold_over_floor", "warm_ms", "peak_mib", "image_mb"),
            *("image_above_base_mb", "touched_mb", "knee_mb", "knee_dollars"),
        ),
    ),
)


def write_costs(report: Report, repository: Path) -> None:
    """Bring the tables of all pages up to date."""
    for page in PAGES:
        file = repository / page.path
        text = file.read_text(encoding="utf-8")
        file.write_text(with_costs(text, costs(report, page)), encoding="utf-8")
        say(f"Written: {file}")


def costs(report: Report, page: Page) -> str:
    """Make a page's table, with the day and the machine that it was measured on."""
    plan = report.plan
    lead = (
        f"Measured on {report.date}: {report.machine}. Cold starts are medians of"
        f" {plan.cold_rounds} new containers, warm times of {plan.warm_requests} requests."
    )
    names = [name for name in page.variants or report.figures if name in report.figures]
    shown = replace(report, figures={name: report.figures[name] for name in names})
    return f"{lead}\n\n{main_table(shown, page.measures)}"


def with_costs(text: str, table: str) -> str:
    """Put a table between the marks of a page, in place of the one that is there.

    Raises:
        PipelineError: the page does not have each mark once.
    """
    check_marks(text, "the page")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


def check_pages(repository: Path) -> None:
    """Make sure that every page has a place for its table.

    Raises:
        PipelineError: one does not have each mark once, one after the other.
        OSError: one is missing.
    """
    for page in PAGES:
        check_marks((repository / page.path).read_text(encoding="utf-8"), page.path)


def check_marks(text: str, name: str) -> None:
    """Make sure that a page has a place for a table.

    Raises:
        PipelineError: it does not have each mark once, one after the other.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise PipelineError(f"{name} must have the lines {BEGIN} and {END}, each once")
