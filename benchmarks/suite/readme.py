"""The README's table of what the images cost, which a whole run of `scripts/bench` writes."""

from __future__ import annotations

from benchmarks.suite.measuring import Report
from benchmarks.suite.tables import main_table
from pipeline.errors import PipelineError

BEGIN, END = "<!-- costs: scripts/bench writes them -->", "<!-- end of costs -->"
MEASURES = (
    *("cold_ms", "cold_over_floor", "warm_ms", "peak_mib", "image_mb", "image_above_base_mb"),
    *("touched_mb", "knee_mb", "knee_dollars"),
)


def costs(report: Report) -> str:
    """The table, with the day and the machine that it was measured on."""
    plan = report.plan
    lead = (
        f"Measured on {report.date}: {report.machine}. Cold starts are medians of"
        f" {plan.cold_rounds} new containers, warm times of {plan.warm_requests} requests."
    )
    return f"{lead}\n\n{main_table(report, MEASURES)}"


def with_costs(text: str, report: Report) -> str:
    """A README with a report's table between its marks, in place of the one that is there.

    Raises:
        PipelineError: it does not have each mark once.
    """
    check_marks(text)
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{costs(report)}\n\n{END}{rest.partition(END)[2]}"


def check_marks(text: str) -> None:
    """Makes sure that a README has a place for the table.

    Raises:
        PipelineError: it does not have each mark once, one after the other.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise PipelineError(f"the README must have the lines {BEGIN} and {END}, each once")
