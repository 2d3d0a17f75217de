"""XGBoost's C API, as much of it as a prediction needs.

The wheel's Python package imports numpy and scipy, which take most of a cold start and half of an
image; `benchmarks/c_interfaces.py` measures both. The predictions are the same, bit for bit: the
tests compare them.

Source: https://xgboost.readthedocs.io/en/stable/c.html, stable across versions.
"""

import ctypes
import json
import os
import sys
from array import array
from importlib.util import find_spec

MODEL_FILE = os.path.join(os.path.dirname(__file__), "model.ubj")
PREDICT_CONFIG = json.dumps(
    {
        "type": 0,  # the value itself, as the objective transforms it
        "iteration_begin": 0,
        "iteration_end": 0,  # 0: all trees
        "strict_shape": False,
        "missing": float("nan"),
    }
).encode()


class BoosterError(RuntimeError):
    """XGBoost refused a call; the message is its own."""


class Booster:
    """A trained model, held for as long as the process lives."""

    def __init__(self, model: str | os.PathLike[str], threads: int) -> None:
        """Reads a model that `Booster.save_model` wrote.

        Args:
            model: a file in XGBoost's UBJSON format, suffix `.ubj`.
            threads: OpenMP threads of a prediction, at least 1.

        Raises:
            BoosterError: the file is missing, or is not a model.
        """
        # Read when the library is loaded: without it, reading a model takes every core it sees.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        self._library = _library()
        self._handle = ctypes.c_void_p()
        self._check(self._library.XGBoosterCreate(None, 0, ctypes.byref(self._handle)))
        self._check(self._library.XGBoosterLoadModel(self._handle, os.fsencode(model)))
        self._check(self._library.XGBoosterSetParam(self._handle, b"nthread", b"%d" % threads))

    def predict(self, values: "array[float]", columns: int) -> list[float]:
        """Predicts one value a row.

        Args:
            values: float32 (type code `f`), the rows one after the other; NaN is a missing value.
            columns: numbers in a row, as many as the model was trained with.

        Raises:
            BoosterError: the model has another number of columns.
        """
        rows = len(values) // columns
        shape = ctypes.POINTER(ctypes.c_uint64)()
        dimensions = ctypes.c_uint64()
        result = ctypes.POINTER(ctypes.c_float)()
        self._check(
            self._library.XGBoosterPredictFromDense(
                self._handle,
                _array_interface(values, rows, columns),
                PREDICT_CONFIG,
                None,
                ctypes.byref(shape),
                ctypes.byref(dimensions),
                ctypes.byref(result),
            )
        )
        return result[:rows]  # a copy: XGBoost writes the next prediction over this one

    def _check(self, status: int) -> None:
        if status != 0:
            raise BoosterError(self._library.XGBGetLastError().decode())


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(_library_file())
    library.XGBGetLastError.restype = ctypes.c_char_p
    library.XGBoosterCreate.argtypes = (ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p)
    return library


def _library_file() -> str:
    """Finds it in its Python package, without importing that, or where conda-forge has it."""
    folders = [os.path.join(sys.prefix, "lib")]
    package = find_spec("xgboost")
    if package and package.origin:
        folders.insert(0, os.path.join(os.path.dirname(package.origin), "lib"))
    for folder in folders:
        for name in ("libxgboost.so", "libxgboost.dylib"):  # the latter on macOS
            if os.path.exists(path := os.path.join(folder, name)):
                return path
    raise BoosterError("xgboost is not installed: pip install -r requirements.txt")


def _array_interface(values: "array[float]", rows: int, columns: int) -> bytes:
    """Describes the array to XGBoost, which reads it in place.

    Source: https://numpy.org/doc/stable/reference/arrays.interface.html
    """
    address, _ = values.buffer_info()
    interface = {"data": [address, True], "shape": [rows, columns], "typestr": "<f4", "version": 3}
    return json.dumps(interface).encode()
