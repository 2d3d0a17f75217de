"""What a file is that no engine takes, and the way out: the end of a sentence that names it."""

from __future__ import annotations

import zipfile
from pathlib import Path

TAKEN = (
    "Taken are .onnx files, XGBoost's and LightGBM's of save_model, directories of Hugging Face's"
    " for texts, and model directories: README has the list"
)
PICKLE = (
    "is a pickle: loading it runs whatever code it holds, and it breaks with the next version. Save"
    " the model again in its library's own format: XGBoost by save_model('model.ubj'), LightGBM by"
    " booster_.save_model('model.txt'), scikit-learn by skl2onnx. base-example/ serves a pickle"
    " that you trust"
)
HTML = "is an HTML page: the download gave a page, not the file. Download it again"
LFS = "is a pointer of Git LFS, not the model: git lfs pull"
# By their first bytes.
HEADS = (
    (b"version https://git-lfs", LFS),
    (b"\x80", PICKLE),  # the opcode PROTO
    (b"binf", "is XGBoost's old binary format, which XGBoost itself no longer reads since 3.1. With"
        " XGBoost 1 or 2: Booster(model_file=PATH).save_model('model.ubj')"),
    (b"\x89HDF", "is an HDF5 file, as Keras writes: export the model to .onnx, by tf2onnx or"
        " keras.Model.export(PATH, format='onnx')"),
    (b"CBM1", "is a CatBoost model: save_model(PATH, format='onnx') makes an .onnx of one without"
        " categorical columns. docs/plain-way.md serves the others"),
    (b"GGUF", "is a GGUF file of a large language model: no engine here runs it"),
    (b"\x1f\x8b", "is compressed by gzip: unpack it"),
    (b"PAR1", "is a Parquet file: data, not a model"),
    (b"\x93NUMPY", "is a NumPy array, not a model"),
)  # fmt: skip
# By a name that ends one in a zip archive.
ARCHIVES = (
    ("/models/model.json", "is a program of torch.export, which is not taken: torch.onnx.export"
        " makes an .onnx of the same network"),
    ("/constants.pkl", "is a TorchScript archive: export the network by torch.onnx.export"),
    ("data.pkl", "has the weights of a PyTorch network, as torch.save writes, not the network:"
        " torch.onnx.export makes an .onnx of both"),
    ("schema.json", "is a skops file: skl2onnx makes an .onnx of the same pipeline"),
    ("metadata.json", "is a Keras archive: keras.Model.export(PATH, format='onnx')"),
    (".npy", "is an archive of NumPy arrays, not a model"),
)  # fmt: skip


def stranger(path: Path, head: bytes) -> str:
    """Say what a file is, and what to do."""
    if not head:
        return "is empty"
    for start, said in HEADS:
        if head.startswith(start):
            return said
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return HTML
    if head[4:8] == b"TFL3":
        return "is a TensorFlow Lite model, which is not taken yet: convert it with tflite2onnx"
    if zipfile.is_zipfile(path):
        return _archive(path)
    if head.lstrip()[:1] in (b"{", b"["):
        return f"is JSON, but no model of XGBoost. {TAKEN}"
    return f"is in no format that is known here. {TAKEN}"


def _archive(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for end, said in ARCHIVES:
        if any(name.endswith(end) for name in names):
            return said
    return f"is a zip archive of something else. {TAKEN}"
