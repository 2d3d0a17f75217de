"""-n: a model directory to start from, or that of a model's file."""

from pathlib import Path

import pytest

from pipeline import new
from pipeline.errors import GivenError
from pipeline.options import Options

BASE = Path(__file__).resolve().parents[2] / "base-example"


def test_without_a_file_the_smallest_example_is_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new.run(Options(into=tmp_path / "mine"))
    names = {path.name for path in (tmp_path / "mine").iterdir()}
    assert names == {"Dockerfile", "README.md", "app", "example.json", "model.env"}
    assert (tmp_path / "mine" / "Dockerfile").read_text() == (BASE / "Dockerfile").read_text()
    assert capsys.readouterr().out == f"{tmp_path / 'mine'}\n"


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(GivenError, match="is there already"):
        new.run(Options(into=tmp_path))


def test_a_directory_is_no_model_s_file(tmp_path: Path) -> None:
    with pytest.raises(GivenError, match="-n makes one of a model's file"):
        new.run(Options(into=tmp_path / "mine", directory=BASE))
