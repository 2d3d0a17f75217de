"""Which format a model's file has, by its content."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import GivenError
from pipeline.given.onnx import is_onnx
from pipeline.given.skops import is_skops
from pipeline.given.strangers import stranger
from pipeline.given.tflite import is_tflite, is_whole_tflite
from pipeline.given.torch import is_program

HEAD_BYTES = 4096
# What zipfile raises for archives that it cannot read: damaged, encrypted, of another compression.
DAMAGE = (zipfile.BadZipFile, RuntimeError, EOFError, zlib.error)


class Format(NamedTuple):
    """A format that has an engine.

    Attributes:
        title: as users call it.
        engine: the module of `engines/` that runs it, and the class there if its app needs that.
        starter: the folder of `starters/` that serves it.
        file: the model's name in the directory that is made.
        shared: the folder of `starters/` that it has in common with others, if any.
    """

    title: str
    engine: str
    starter: str
    file: str
    shared: str = ""

    @property
    def runner(self) -> str:
        """What runs it, for a person."""
        return f"engines/{self.engine.partition(':')[0]}"


ONNX = Format("an ONNX model", "onnx:Session", "onnx", "model.onnx", "network")
LITERT = Format("a TensorFlow Lite model", "litert:Model", "litert", "model.tflite", "network")
TORCH = Format("a program of PyTorch", "torch:Network", "torch", "model.pt2", "network")
XGBOOST_UBJ = Format("an XGBoost model", "xgboost:Booster", "xgboost", "model.ubj", "tabular")
XGBOOST_JSON = XGBOOST_UBJ._replace(title="an XGBoost model in JSON", file="model.json")
LIGHTGBM = Format("a LightGBM model", "lightgbm:Booster", "lightgbm", "model.txt", "tabular")
SKOPS = Format(
    "an estimator of scikit-learn, saved by skops", "sklearn", "sklearn", "model.skops", "tabular"
)
TEXT = Format("a model of texts in Hugging Face's format", "onnx:Session", "text", "model")


def recognise(path: Path) -> Format:
    """Find the format of a model's file, or of a directory of Hugging Face's.

    Raises:
        GivenError: it is none that can be served; the message says what it is, and the way out.
        OSError: the file cannot be read.
    """
    if path.is_dir():
        return TEXT
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        if found := _format(path, head):
            return found
        raise GivenError(f"{path} {stranger(path, head)}")
    except DAMAGE as error:
        raise GivenError(f"{path} is damaged, or packed as nothing here reads: {error}") from error


def _format(path: Path, head: bytes) -> Format | None:
    text = head.lstrip()
    if text[:1] == b"{" and text[1:].lstrip()[:1] in (b'"', b"}"):
        return XGBOOST_JSON if b'"learner"' in head or b'"version"' in head[:64] else None
    if head[:2] in (b"{L", b"{l", b"{i", b"{U", b"{I"):  # a key's length, in UBJSON
        return XGBOOST_UBJ if b"learner" in head else None
    if head.startswith((b"tree\n", b"tree\r\n")) and b"version=v" in head[:64]:
        return LIGHTGBM
    if is_tflite(head):
        return LITERT if is_whole_tflite(path) else None
    if is_skops(path):
        return SKOPS
    if is_program(path):
        return TORCH
    return ONNX if is_onnx(path) else None
