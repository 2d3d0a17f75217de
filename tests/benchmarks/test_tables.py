import json

from benchmarks.suite.tables import as_json, as_markdown
from tests.benchmarks.reports import full_report


def rows(markdown: str) -> list[list[str]]:
    """The cells of all table rows."""
    lines = (line for line in markdown.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_has_a_row_for_each_image_and_a_mark_where_there_is_no_figure() -> None:
    head, _, floor, model = rows(as_markdown(full_report()))[:4]
    assert head[:3] == ["image", "cold, 1 vCPU (ms)", "times the floor"]
    assert floor == ["floor", "20", "1.0", "0.50", "?"]
    assert model == ["model", "50", "2.5", "0.75", "30"]


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    tables = [part for part in as_markdown(full_report()).split("\n\n") if part.startswith("| ")]
    assert len(tables) == 5
    for table in tables:
        assert len({len(cells) for cells in rows(table)}) == 1


def test_the_knee_and_no_other_point_is_bold() -> None:
    sweep = next(cells for cells in rows(as_markdown(full_report())) if "·" in cells[2])
    assert [cell.startswith("**") for cell in sweep] == [False, False, False, True, *[False] * 3]


def test_a_memory_that_a_model_does_not_run_with_has_the_reason_in_its_place() -> None:
    sweep = next(cells for cells in rows(as_markdown(full_report())) if "·" in cells[2])
    assert sweep[:2] == ["model", "out of memory"]


def test_the_tables_say_when_and_where_and_what_is_missing() -> None:
    text = as_markdown(full_report())
    assert "2026-01-31: a machine." in text and "Not measured: other: no weights." in text


def test_json_has_what_was_measured_by_name() -> None:
    read = json.loads(as_json(full_report()))
    assert read["figures"]["model"]["cold_over_floor"] == 2.5
    assert read["sweep"]["model"]["points"][0]["memory_mb"] == 1024
    assert read["sweep"]["model"]["failures"] == {"512": "out of memory"}
    assert read["throughput"]["model"][0]["errors"] == 0
    assert read["plan"]["cold_rounds"] == 10
