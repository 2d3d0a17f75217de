"""What a model says of its inputs and outputs, by the file that onnx wrote."""

from pathlib import Path

import pytest
from onnx import TensorProto

from engines.errors import ModelError
from engines.onnx import Session
from engines.tensor import Port

from .models import from_map, identity, joined, optional, split, zip_map

SHARED = ["N", "batch_size", "unk__12", "unk_1", "p2o.DynamicDimension.0", "s0", "None_1", "H*W"]
UNKNOWN = [
    *("?", "-1", "", "*", "_", "0", "None", "none", "null", "unk", "UNK", "unknown", "<unk>"),
    *("dynamic", "Dynamic", "N/A", "any", "undefined", "(None)"),
]


def port(path: Path) -> Port:
    (found,) = Session(path, threads=1).inputs
    return found


@pytest.mark.parametrize("name", SHARED)
def test_a_name_is_one_size(tmp_path: Path, name: str) -> None:
    assert port(identity(tmp_path / "m.onnx", "float32", [name, name])).shape == (name, name)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_exporters_write_for_unknown_is_no_name(tmp_path: Path, name: str) -> None:
    assert port(identity(tmp_path / "m.onnx", "float32", [name, 3, name])).shape == ("", 3, "")


@pytest.mark.parametrize("size", [None, -1])
def test_a_size_that_is_none_or_less_than_0_is_open(tmp_path: Path, size: int | None) -> None:
    assert port(identity(tmp_path / "m.onnx", "float32", [size, 2])).shape == ("", 2)


def test_sequences_and_maps_read_as_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    (parts,) = Session(split(path), threads=1).outputs
    assert str(parts) == "sequence of float32 of any shape"
    assert str(port(joined(path))) == "sequence of float32 of shape [?]"
    (named,) = Session(zip_map(path, classlabels_int64s=[1, 2]), threads=1).outputs
    assert str(named) == "sequence of map from int64 to float32"
    map_ = port(from_map(path, TensorProto.STRING, string_vocabulary=["a"]))
    assert str(map_) == "map from string to float32"


def test_an_optional_input_is_refused_with_what_would_do(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"^input x is optional, sparse or opaque: have the model "
    ):
        Session(optional(tmp_path / "m.onnx"))
