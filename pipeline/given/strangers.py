"""What a file is that no engine takes, and the way out: the end of a sentence that names it."""

from __future__ import annotations

import pickletools
import zipfile
from pathlib import Path

from pipeline.given.tflite import is_tflite

TAKEN = (
    "Taken are .onnx, .tflite and .pt2 files, XGBoost's and LightGBM's of save_model,"
    " scikit-learn's of skops, directories of Hugging Face's for texts and of MLflow's, SageMaker's"
    " archives, and model directories: README has the list"
)
PICKLE = (
    "is a pickle: loading it runs whatever code it holds, and it breaks with the next version. Save"
    " the model again in its library's own format: XGBoost by save_model('model.ubj'), LightGBM by"
    " booster_.save_model('model.txt'), scikit-learn by skops.io.dump. base-example/ serves a"
    " pickle that you trust"
)
HTML = "is an HTML page: the download gave a page, not the file. Download it again"
LFS = "is a pointer of Git LFS, not the model: git lfs pull"
# By their first bytes.
HEADS = (
    (b"version https://git-lfs", LFS),
    (b"\x80", PICKLE),  # the opcode PROTO
    *((b"\x78" + level, PICKLE) for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")),  # joblib's
    (b"binf", "is XGBoost's old binary format, which XGBoost itself no longer reads since 3.1. With"
        " XGBoost 1 or 2: Booster(model_file=PATH).save_model('model.ubj')"),
    (b"\x89HDF", "is an HDF5 file, as Keras writes: export the model to .onnx, by tf2onnx or"
        " keras.Model.export(PATH, format='onnx')"),
    (b"CBM1", "is a CatBoost model: save_model(PATH, format='onnx') makes an .onnx of one without"
        " categorical columns. docs/plain-way.md serves the others"),
    (b"GGUF", "is a GGUF file of a large language model: no engine here runs it"),
    (b"\x1f\x8b", "is compressed by gzip, and no tar archive: unpack it"),
    (b"PAR1", "is a Parquet file: data, not a model"),
    (b"\x93NUMPY", "is a NumPy array, not a model"),
)  # fmt: skip
# By a name that ends one in a zip archive.
ARCHIVES = (
    (".wrapper.so", "is compiled by AOTInductor, for one kind of machine: give what"
        " torch.export.save writes of the same network"),
    ("/data/weights/model.pt", "is a program of torch.export by a PyTorch that pickled weights:"
        " export and save the network by PyTorch 2.13"),
    ("serialized_exported_program.json", "is a program of torch.export by an old PyTorch: export"
        " and save the network by PyTorch 2.13"),
    ("/constants.pkl", "is a TorchScript archive: export the network by torch.export.save, or by"
        " torch.onnx.export"),
    ("data.pkl", "has the weights of a PyTorch network, as torch.save writes, not the network:"
        " torch.export.save and torch.onnx.export write both"),
    ("metadata.json", "is a Keras archive: keras.Model.export(PATH, format='onnx')"),
    (".npy", "is an archive of NumPy arrays, not a model"),
)  # fmt: skip

# Directories, by a file in them.
FOLDERS = (
    ("saved_model.pb", "is a TensorFlow SavedModel: convert it with tf2onnx to .onnx, or with"
        " tf.lite.TFLiteConverter.from_saved_model to .tflite"),
    ("keras_metadata.pb", "is a Keras model: keras.Model.export(PATH, format='onnx')"),
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
    if is_tflite(head):
        return "is a TensorFlow Lite model that is cut short: copy or download it again"
    if _is_old_pickle(head):
        return PICKLE
    if zipfile.is_zipfile(path):
        return _archive(path)
    if head.lstrip()[:1] in (b"{", b"["):
        return f"is JSON, but no model of XGBoost. {TAKEN}"
    return f"is in no format that is known here. {TAKEN}"


def _is_old_pickle(head: bytes) -> bool:
    """Tell a pickle of protocol 0 or 1, which has no mark of its own; nothing of it is run."""
    if head[:1] not in (b"(", b"c", b"]", b"}"):
        return False
    try:
        return len([*zip(pickletools.genops(head), range(3))]) == 3
    except (ValueError, KeyError):
        return False


def _archive(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for end, said in ARCHIVES:
        if any(name.endswith(end) for name in names):
            return said
    return f"is a zip archive of something else. {TAKEN}"
