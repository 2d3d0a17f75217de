import json
from pathlib import Path

import pytest

from benchmarks.suite.measuring import Plan, Report
from benchmarks.suite.pages import BEGIN, END, PAGES, Page, costs, with_costs, write_costs
from benchmarks.suite.variants import FLOOR, examples, find_variants
from pipeline.errors import PipelineError
from pipeline.model.settings import read_model_env
from tests.benchmarks.reports import full_report

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results"
ALL = Page("all.md", ("cold_ms", "warm_ms"))
ONE = Page("one.md", ("cold_ms",), ("model",))


def test_the_table_replaces_what_stands_between_the_marks_and_nothing_else() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    written = with_costs(text, "new")
    assert written == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_costs(written, "new") == written


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_the_marks_is_refused(text: str) -> None:
    with pytest.raises(PipelineError, match="each once"):
        with_costs(text, "new")


def test_a_page_has_its_own_rows_and_columns() -> None:
    first, *rows = [line for line in costs(full_report(), ONE).splitlines() if line[:1] == "|"]
    assert first == "| image | cold, 1 vCPU (ms) |"
    assert rows[1:] == ["| model | 50 |"]
    assert "| floor | 20 | 0.50 |" in costs(full_report(), ALL)


def test_every_page_is_written(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for page in PAGES:
        (tmp_path / page.path).write_text(f"{BEGIN}\n{END}\n")
    write_costs(full_report(), tmp_path)
    for page in PAGES:
        assert costs(full_report(), page) in (tmp_path / page.path).read_text()


@pytest.mark.parametrize("directory", examples(), ids=lambda directory: directory.name)
def test_a_model_has_the_memory_that_the_sweep_advises_for_the_hungriest_of_its_engines(
    directory: Path,
) -> None:
    figures = json.loads((RESULTS / "results.json").read_text())["figures"]
    measured = [v.name for v in find_variants([directory]) if v.name in {*figures} - {FLOOR}]
    if not measured:
        pytest.skip(f"{directory.name} is not among the results: bash scripts/bench")
    advised = max(figures[name]["knee_mb"] for name in measured)
    assert read_model_env(directory / "model.env")["MEMORY_SIZE"] == str(advised)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_has_the_figures_of_the_results(page: Page) -> None:
    read = json.loads((RESULTS / "results.json").read_text())
    plan = Plan(**read["plan"])
    report = Report(read["date"], read["machine"], plan, figures=read["figures"])
    assert not plan.is_quick and {*page.variants} <= {*report.figures}
    text = (REPOSITORY / page.path).read_text()
    assert f"{BEGIN}\n\n{costs(report, page)}\n\n{END}" in text
