from pathlib import Path

import pytest
from PIL import Image

from benchmarks.suite.plots import draw
from tests.benchmarks.reports import full_report


def test_cold_starts_and_the_sweep_are_drawn_as_png_and_as_svg(tmp_path: Path) -> None:
    written = draw(full_report(), tmp_path)
    assert [path.name for path in written] == ["cold.png", "cold.svg", "memory.png", "memory.svg"]
    for path in written:
        if path.suffix == ".png":
            assert Image.open(path).width > 1000
        else:
            assert "<svg" in path.read_text()


def test_a_run_without_a_sweep_has_no_picture_of_one(tmp_path: Path) -> None:
    report = full_report()
    report.sweep = {}
    assert [path.stem for path in draw(report, tmp_path)] == ["cold", "cold"]


@pytest.mark.parametrize("name", ["cold.svg", "memory.svg"])
def test_the_same_report_gives_the_same_svg(tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        draw(full_report(), tmp_path / folder)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
