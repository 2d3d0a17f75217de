"""Directories that are no model directories: named for what they are, with the way out."""

from pathlib import Path

import pytest

from pipeline.errors import GivenError
from pipeline.given.adoption import is_given
from pipeline.given.opening import opened
from tests.engines.xgboost.models import SIGNAL, train
from tests.model_directory import REPOSITORY


def refused(path: Path) -> str:
    """What is said of a directory."""
    with pytest.raises(GivenError) as error, opened(path):
        pass
    return str(error.value)


def test_a_model_directory_is_none_of_another_tool() -> None:
    assert not is_given(REPOSITORY / "base-example")


def test_a_directory_with_an_app_but_no_dockerfile_is_left_to_the_step(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    assert not is_given(tmp_path)


def test_an_empty_directory_says_so(tmp_path: Path) -> None:
    assert is_given(tmp_path)
    assert "has no model in it and no Dockerfile: it is not a model directory" in refused(tmp_path)


def test_a_saved_model_of_tensorflow_is_named(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"\x08\x01")
    assert "is a TensorFlow SavedModel: convert it" in refused(tmp_path)


def test_the_one_model_of_a_directory_is_taken_and_several_are_listed(tmp_path: Path) -> None:
    train(SIGNAL).save_model(tmp_path / "a.ubj")
    (tmp_path / "notes.md").write_text("of today")
    with opened(tmp_path) as inside:
        assert inside.model == tmp_path / "a.ubj"
    train(SIGNAL).save_model(tmp_path / "b.json")
    assert "has 2 models: a.ubj, b.json" in refused(tmp_path)


def test_files_that_are_no_models_are_named(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"1234")
    assert "no model that can be served, but weights.bin" in refused(tmp_path)


def test_several_directories_of_mlflow_are_listed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "MLmodel").write_text("flavors:\n")
    assert "has 2 models: one, two" in refused(tmp_path)
