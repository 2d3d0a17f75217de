import json
from pathlib import Path

import pytest

from benchmarks.suite.measuring import Plan, Report
from benchmarks.suite.readme import BEGIN, END, costs, with_costs
from benchmarks.suite.variants import FLOOR, examples, find_variants
from pipeline.errors import PipelineError
from pipeline.model.settings import read_model_env
from tests.benchmarks.reports import full_report

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results"


def test_the_table_replaces_what_stands_between_the_marks_and_nothing_else() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    written = with_costs(text, full_report())
    assert written == f"before\n{BEGIN}\n\n{costs(full_report())}\n\n{END}\nafter\n"
    assert with_costs(written, full_report()) == written


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_readme_without_the_marks_is_refused(text: str) -> None:
    with pytest.raises(PipelineError, match="each once"):
        with_costs(text, full_report())


@pytest.mark.parametrize("directory", examples(), ids=lambda directory: directory.name)
def test_a_model_has_the_memory_that_the_sweep_advises_for_the_hungriest_of_its_engines(
    directory: Path,
) -> None:
    figures = json.loads((RESULTS / "results.json").read_text())["figures"]
    measured = [v.name for v in find_variants([directory]) if v.name in {*figures} - {FLOOR}]
    advised = max(figures[name]["knee_mb"] for name in measured)
    assert read_model_env(directory / "model.env")["MEMORY_SIZE"] == str(advised)


def test_the_readme_has_the_figures_of_the_results_beside_it() -> None:
    read = json.loads((RESULTS / "results.json").read_text())
    plan = Plan(**read["plan"])
    report = Report(read["date"], read["machine"], plan, figures=read["figures"])
    assert not plan.is_quick
    assert f"{BEGIN}\n\n{costs(report)}\n\n{END}" in (REPOSITORY / "README.md").read_text()
