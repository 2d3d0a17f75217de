"""An MLflow model directory: which file of it is the model, and what its `MLmodel` says.

Source: https://mlflow.org/docs/latest/ml/model/, "Storage Format".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.errors import GivenError
from pipeline.given.beside import beside
from pipeline.given.inside import Inside
from pipeline.given.mlmodel import read_mlmodel

FILE, TITLE = "MLmodel", "an MLflow model"
MAX_ROWS = 10  # of the input example
MAX_EXAMPLE_BYTES = 64 << 20
SAVE_NATIVE = {
    "xgboost": "mlflow.xgboost.save_model(model, PATH, model_format='ubj')",
    "lightgbm": "mlflow.lightgbm.save_model(model.booster_, PATH)",
    "sklearn": "mlflow.sklearn.save_model(model, PATH, serialization_format='skops'), of a newer"
    " MLflow, or by skops.io.dump(model, 'model.skops')",
    "pytorch": "mlflow.pytorch.save_model(model, PATH, serialization_format='pt2'), or"
    " torch.onnx.export and mlflow.onnx.save_model",
}
# A flavour, and where it says what its file is; the first that a model has is taken.
FLAVOURS = {
    "xgboost": "data",
    "lightgbm": "data",
    "onnx": "data",
    "sklearn": "pickled_model",
    "pytorch": "model_data",
}
CHANCES = "ENV_DOOR_MLFLOW_GIVES=chances"
PICKLES = (".pkl", ".pickle", ".pth", ".joblib")
# By the types of MLflow's signatures; numbers of other types are as good as these.
KINDS = {"boolean": "bool", "integer": "int", "long": "int", "string": "text"}


def read_mlflow(folder: Path) -> Inside:
    """Find the model of an MLflow model directory.

    Raises:
        GivenError: it has no flavour that can be served, or the model is a pickle.
    """
    try:
        return _read(folder, read_mlmodel((folder / FILE).read_text(encoding="utf-8")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GivenError(f"{folder / FILE} is not as MLflow writes it: {error}") from error


def _read(folder: Path, said: dict[str, Any]) -> Inside:
    flavours = said.get("flavors")
    if not isinstance(flavours, dict):
        raise GivenError(f"{folder / FILE} names no flavours: is it MLflow's?")
    flavour = next((name for name in FLAVOURS if name in flavours), None)
    if flavour is None:
        raise GivenError(
            f"{folder} is an MLflow model of the flavours {', '.join(flavours)}: taken are"
            f" {', '.join(FLAVOURS)}"
        )
    model = _file(folder, flavour, flavours[flavour])
    columns = _columns(said, folder)
    fields = flavours[flavour] or {}
    return Inside(
        model,
        f"{TITLE} of the flavour {flavour}",
        told=columns,
        rows=_example(said, folder, columns),
        # MLflow's server answers with what `predict` of the class gives, here chances.
        settings=(CHANCES,) if str(fields.get("model_class", "")).endswith(".Booster") else (),
    )


def _file(folder: Path, flavour: str, fields: Any) -> Path:
    """Find the model's file, which lies in the directory."""
    named = str((fields or {}).get(FLAVOURS[flavour]) or "")
    path = folder / named
    if path.is_dir():  # of PyTorch, or of ONNX with its weights beside it
        inside = [
            one for one in sorted(path.iterdir()) if one.suffix in (*PICKLES, ".onnx", ".pt2")
        ]
        path = inside[0] if len(inside) == 1 else path
    if not named or folder.resolve() not in path.resolve().parents or not path.is_file():
        raise GivenError(f"{folder / FILE} names the model {named!r}, which is not in {folder}")
    if path.suffix in PICKLES:
        raise GivenError(
            f"{folder} has the model as a pickle, {named}: loading it runs whatever code it holds,"
            f" and it breaks with the next version. Save it again by {SAVE_NATIVE[flavour]}"
        )
    if flavour == "lightgbm" and path.suffix == ".skops":
        raise GivenError(
            f"{folder} has LightGBM's model inside a file of skops: save it again by"
            f" {SAVE_NATIVE[flavour]}, and name the classes in columns.json"
        )
    return path


def _columns(said: dict[str, Any], folder: Path) -> dict[str, Any] | None:
    """Read the names and types of the signature's inputs; None where it has tensors or none."""
    inputs = (said.get("signature") or {}).get("inputs")
    if not inputs:
        return None
    try:
        fields = json.loads(inputs)
    except (TypeError, ValueError) as error:
        raise GivenError(f"{folder / FILE}: the signature's inputs are not JSON") from error
    if not all(isinstance(field, dict) and "name" in field for field in fields):
        return None
    columns = [{"name": field["name"], **_kind(field)} for field in fields]
    if any(field.get("type") == "tensor" for field in fields):
        return None
    return {"columns": columns, "whole": True}


def _kind(field: dict[str, Any]) -> dict[str, str]:
    kind = KINDS.get(str(field.get("type")))
    return {"kind": kind} if kind else {}


def _example(
    said: dict[str, Any], folder: Path, columns: dict[str, Any] | None
) -> list[dict[str, Any]] | None:
    """Read the rows of the input example, where there is one by columns."""
    info = said.get("saved_input_example_info") or {}
    if info.get("type") != "dataframe" or not columns:
        return None
    path = beside(folder, str(info.get("artifact_path")), str(folder / FILE))
    if path.stat().st_size > MAX_EXAMPLE_BYTES:
        raise GivenError(f"{path} has more than {MAX_EXAMPLE_BYTES >> 20} MiB")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [dict(zip(data["columns"], row)) for row in data["data"][:MAX_ROWS]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GivenError(f"{path} is not the input example that {FILE} names: {error}") from error
