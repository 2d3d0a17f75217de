"""MLflow model directories, written by MLflow's own API, and what is found in them."""

import json
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import GivenError
from pipeline.given.formats import (
    LIGHTGBM,
    SKOPS,
    TORCH,
    XGBOOST_JSON,
    XGBOOST_UBJ,
    Format,
    recognise,
)
from pipeline.given.mlmodel import read_mlmodel
from pipeline.given.opening import opened
from tests.model_directory import REPOSITORY

from .mlflow_environment import python_with_mlflow

MAKER = REPOSITORY / "tests/pipeline/given/make_mlflow.py"
NAMES = ["age", "net income"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of model directories."""
    folder = tmp_path_factory.mktemp("mlflow")
    subprocess.run([python_with_mlflow(), MAKER, folder], check=True, cwd=folder)
    return folder


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        *(("xgboost", XGBOOST_UBJ), ("xgboost json", XGBOOST_JSON), ("lightgbm", LIGHTGBM)),
        ("sklearn skops", SKOPS),
        ("pytorch pt2", TORCH),
    ],
)
def test_the_model_of_each_flavour_is_found(made: Path, name: str, format_: Format) -> None:
    with opened(made / name) as inside:
        assert recognise(inside.model) == format_
        assert inside.title.startswith("an MLflow model of the flavour")


def test_the_signature_gives_the_columns_and_the_example_the_golden_rows(made: Path) -> None:
    with opened(made / "xgboost") as inside:
        assert inside.told == {"columns": [{"name": name} for name in NAMES], "whole": True}
        example = json.loads((made / "xgboost" / "input_example.json").read_text())
        assert inside.rows == [dict(zip(NAMES, row, strict=True)) for row in example["data"]]
    with opened(made / "xgboost json") as inside:
        assert inside.told is None and inside.rows is None


def test_a_booster_answers_mlflow_s_clients_with_chances_as_mlflow_s_server_does(
    made: Path,
) -> None:
    for name, settings in (("lightgbm", ("ENV_DOOR_MLFLOW_GIVES=chances",)), ("xgboost", ())):
        with opened(made / name) as inside:
            assert inside.settings == settings


def test_a_columns_json_beside_it_is_found(made: Path) -> None:
    said = made / "xgboost" / "columns.json"
    said.write_text("{}")
    with opened(made / "xgboost") as inside:
        assert inside.columns == said
    said.unlink()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sklearn cloudpickle", "as a pickle, model.pkl.*serialization_format='skops'"),
        ("pytorch pickle", "as a pickle, .*serialization_format='pt2'"),
        ("lightgbm wrapped", r"inside a file of skops.*model\.booster_"),
        ("python", "of the flavours python_function: taken are xgboost"),
    ],
)
def test_what_cannot_be_taken_is_named_with_the_way_out(
    made: Path, name: str, message: str
) -> None:
    with pytest.raises(GivenError, match=message), opened(made / name):
        pass


def test_a_model_outside_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.ubj").touch()
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  xgboost:\n    data: ../secret.ubj\n")
    with pytest.raises(GivenError, match=r"names the model '\.\./secret\.ubj', which is not in"):
        with opened(folder):
            pass


def test_the_reader_of_yaml_reads_what_mlflow_writes() -> None:
    text = """flavors:
  xgboost:
    code: null
    data: model.ubj
    listed:
    - one
    - two
signature:
  inputs: '[{"name": "it''s",
    "type": "double"}]'
  outputs: "[{\\"name\\": \\"citt\\xE0\\", \\
    \\"type\\": \\"long\\"}]"
utc: '2026-11-26'
"""
    read = read_mlmodel(text)
    assert read["flavors"]["xgboost"] == {"code": None, "data": "model.ubj", "listed": {}}
    assert json.loads(read["signature"]["inputs"]) == [{"name": "it's", "type": "double"}]
    assert json.loads(read["signature"]["outputs"]) == [{"name": "città", "type": "long"}]
    assert read["utc"] == "2026-11-26"
