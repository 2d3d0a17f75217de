"""Which format a model's file has, by its content."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.errors import GivenError
from pipeline.given.onnx import is_onnx
from pipeline.given.strangers import stranger

HEAD_BYTES = 4096


class Format(NamedTuple):
    """A format that has an engine.

    Attributes:
        title: as users call it.
        starter: the folder of `starters/` that serves it.
        file: the model's name in the directory that is made.
        shared: the folder of `starters/` that the starter builds on; empty for none.
    """

    title: str
    starter: str
    file: str
    shared: str = "tabular"


ONNX = Format("an ONNX model", "onnx", "model.onnx")
XGBOOST_UBJ = Format("an XGBoost model", "xgboost", "model.ubj")
XGBOOST_JSON = Format("an XGBoost model in JSON", "xgboost", "model.json")
LIGHTGBM = Format("a LightGBM model", "lightgbm", "model.txt")
TEXT = Format("a model of texts in Hugging Face's format", "text", "model", shared="")


def recognise(path: Path) -> Format:
    """Find the format of a model's file, or of a directory that another tool wrote.

    Raises:
        GivenError: it is none that can be served; the message says what it is, and the way out.
        OSError: the file cannot be read.
    """
    if path.is_dir():
        return TEXT
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = _format(path, head)
    if found is None:
        raise GivenError(f"{path} {stranger(path, head)}")
    return found


def _format(path: Path, head: bytes) -> Format | None:
    text = head.lstrip()
    if text[:1] == b"{" and text[1:].lstrip()[:1] in (b'"', b"}"):
        return XGBOOST_JSON if b'"learner"' in head or b'"version"' in head[:64] else None
    if head[:2] in (b"{L", b"{l", b"{i", b"{U", b"{I"):  # a key's length, in UBJSON
        return XGBOOST_UBJ if b"learner" in head else None
    if head.startswith((b"tree\n", b"tree\r\n")) and b"version=v" in head[:64]:
        return LIGHTGBM
    return ONNX if is_onnx(path) else None
