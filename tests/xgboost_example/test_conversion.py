"""What Dockerfile.onnx converts: XGBoost's own predictions are the right values."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import pytest
import xgboost

from engines.onnx import Session
from engines.xgboost import Booster
from tests.engines.running import run
from tests.engines.tables import COLUMNS, coded, rows, signal
from tests.engines.xgboost.models import BOOSTERS, OBJECTIVES, WIDE, of_objective, train
from tests.engines.xgboost.test_stopping import stopped
from tests.model_directory import REPOSITORY

from .conftest import DIRECTORY

MOST_RELATIVE_DIFFERENCE = 1e-5  # a tenth of what the build takes


def check(export: dict[str, ModuleType], native: xgboost.Booster, folder: Path) -> None:
    """Fail unless ONNX Runtime takes, gives and predicts what XGBoost's engine does."""
    native.save_model(folder / "model.ubj")
    (folder / "model.onnx").write_bytes(export["conversion"].convert(native))
    engine, session = Booster(folder / "model.ubj"), Session(folder / "model.onnx")
    assert (session.inputs, session.outputs) == (engine.inputs, engine.outputs)
    for table in (rows(500, missing=True), export["conversion"].edge_rows(native, COLUMNS)):
        wanted = run(engine, table)
        difference = export["comparison"].check(wanted, run(session, table).astype(np.float64))
        assert difference < MOST_RELATIVE_DIFFERENCE


@pytest.mark.parametrize("booster", BOOSTERS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_is_converted(
    export: dict[str, ModuleType], tmp_path: Path, objective: str, booster: str
) -> None:
    check(export, of_objective(objective, booster), tmp_path)


@pytest.mark.parametrize("name", WIDE)
def test_several_numbers_a_row_are_converted(
    export: dict[str, ModuleType], tmp_path: Path, name: str
) -> None:
    labels, parameters = WIDE[name]
    check(export, train(labels, **parameters), tmp_path)


@pytest.mark.parametrize("booster", ["gbtree", "forest", "dart"])
@pytest.mark.parametrize("name", ["a number", "three classes"])
def test_rounds_after_the_best_one_are_left_out(
    export: dict[str, ModuleType], tmp_path: Path, name: str, booster: str
) -> None:
    check(export, stopped(name, **BOOSTERS[booster]).get_booster(), tmp_path)


def test_trees_of_one_leaf_are_converted(export: dict[str, ModuleType], tmp_path: Path) -> None:
    check(export, train(np.ones(200), objective="reg:squarederror"), tmp_path)


def convert(model: xgboost.Booster, folder: Path, **columns: int) -> Any:
    """Run what the build of Dockerfile.onnx runs at its end, for another model and table."""
    ignored = shutil.ignore_patterns("__pycache__", "model.ubj")
    task = shutil.copytree(DIRECTORY / "app", folder / "task", ignore=ignored)
    shutil.copytree(DIRECTORY / "variants/onnx", task, ignore=ignored, dirs_exist_ok=True)
    model.save_model(task / "model.ubj")
    table = rows(50, missing=False)[:, : columns.get("columns", COLUMNS)]
    header = ",".join(map(str, range(table.shape[1] + 1)))
    data = np.column_stack([table, np.zeros(len(table))])
    np.savetxt(folder / "rows.csv", data, delimiter=",", header=header, comments="")
    files = [task / "model.ubj", folder / "rows.csv", task / "model.onnx"]
    return subprocess.run(
        [sys.executable, "-m", "export.conversion", *files],
        cwd=DIRECTORY,
        env={**os.environ, "PYTHONPATH": f"{task}:{REPOSITORY}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_classifier_in_the_model_s_place_is_converted(tmp_path: Path) -> None:
    done = convert(of_objective("multi:softprob"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("50 rows are predicted as by XGBoost, within ")


def test_categorical_columns_are_named_with_the_way_out(tmp_path: Path) -> None:
    table = coded(300, 5)
    types = ["c", *["q"] * (COLUMNS - 1)]
    matrix = xgboost.DMatrix(table, signal(table), feature_types=types, enable_categorical=True)
    done = convert(xgboost.train({}, matrix, 3), tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "conversion: the model splits categorical columns: build from Dockerfile instead,"
        " where XGBoost runs it\n"
    )


def test_an_objective_that_is_not_known_is_named(
    export: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(export["conversion"].START, "reg:gamma")
    with pytest.raises(export["trees"].ConversionError, match="the objective reg:gamma is not"):
        export["conversion"].convert(of_objective("reg:gamma"))


def test_a_table_of_other_columns_ends_the_conversion_with_what_to_do(tmp_path: Path) -> None:
    done = convert(of_objective("reg:squarederror"), tmp_path, columns=4)
    assert done.returncode == 1
    assert "rows.csv has 4 columns before the last, the model takes 6: put rows" in done.stderr


# What another converter has been seen to do: https://github.com/onnx/onnxmltools 1.16.
@pytest.mark.parametrize("fault", ["base score", "a tree", "a threshold", "missing values"])
def test_trees_that_are_converted_wrongly_are_noticed(
    export: dict[str, ModuleType], tmp_path: Path, fault: str
) -> None:
    native = of_objective("reg:squarederror")
    model = onnx.load_from_string(export["conversion"].convert(native))
    trees = {attribute.name: attribute for attribute in model.graph.node[0].attribute}
    if fault == "base score":
        trees["base_values"].floats[0] += 0.001
    elif fault == "a tree":
        trees["target_weights"].floats[-1] += 0.01
    elif fault == "a threshold":  # a row at it goes the other way
        at = np.float32(trees["nodes_values"].floats[0])
        trees["nodes_values"].floats[0] = np.nextafter(at, np.inf, dtype=np.float32)
    else:
        trees["nodes_missing_value_tracks_true"].ints[0] ^= 1
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    table = export["conversion"].edge_rows(native, COLUMNS)
    served = run(Session(tmp_path / "model.onnx"), table).astype(np.float64)
    with pytest.raises(export["comparison"].DifferenceError):
        export["comparison"].check(export["comparison"].native_predictions(native, table), served)
