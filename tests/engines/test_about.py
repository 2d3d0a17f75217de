"""What a model card says of the engine: its package's own version, and the ports of the model."""

from pathlib import Path

import lightgbm
import numpy as np
import onnxruntime
import xgboost
from onnx import TensorProto, helper, save

import engines.lightgbm
import engines.xgboost
from engines.about import LIBRARIES
from engines.onnx import Session

ROOT = Path(__file__).resolve().parents[2]
ROWS, TARGETS = np.arange(60, dtype=np.float32).reshape(20, 3), np.arange(20.0)


def test_xgboost_is_told_with_the_version_of_its_package(tmp_path: Path) -> None:
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, TARGETS), 2)
    booster.save_model(tmp_path / "m.ubj")
    assert engines.xgboost.Booster(tmp_path / "m.ubj").about() == {
        "engine": {"name": "XGBoost", "version": xgboost.__version__},
        "inputs": [{"name": "rows", "type": "float32", "shape": ["N", 3]}],
        "outputs": [{"name": "predictions", "type": "float32", "shape": ["N"]}],
    }


def test_lightgbm_is_told_with_the_version_of_its_package(tmp_path: Path) -> None:
    data = lightgbm.Dataset(ROWS, TARGETS, params={"min_data_in_leaf": 2, "verbose": -1})
    lightgbm.train({"verbose": -1, "min_data_in_leaf": 2}, data, 2).save_model(tmp_path / "m.txt")
    told = engines.lightgbm.Booster(tmp_path / "m.txt").about()
    assert told["engine"] == {"name": "LightGBM", "version": lightgbm.__version__}
    assert told["inputs"] == [{"name": "rows", "type": "float64", "shape": ["N", 3]}]


def test_onnx_runtime_is_told_with_its_version_and_the_shapes_that_are_open(tmp_path: Path) -> None:
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])
    given = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "g", [taken], [given])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    save(model, tmp_path / "m.onnx")
    told = Session(tmp_path / "m.onnx").about()
    assert told["engine"] == {"name": "ONNX Runtime", "version": onnxruntime.__version__}
    assert told["inputs"] == [{"name": "x", "type": "float32", "shape": ["batch", 2]}]


def test_every_engine_has_a_library() -> None:
    said = {f"engines.{path.stem}" for path in (ROOT / "engines").glob("*.py")}
    said |= {f"engines.{path.parent.name}" for path in (ROOT / "engines").glob("*/__init__.py")}
    texts = {name: (ROOT / name.replace(".", "/")) for name in said}
    with_about = {
        name
        for name, path in texts.items()
        for file in (
            [path.with_suffix(".py")] if path.with_suffix(".py").is_file() else path.glob("*.py")
        )
        if "def about(self)" in file.read_text(encoding="utf-8")
    } - {"engines.engine"}
    assert with_about == set(LIBRARIES)
