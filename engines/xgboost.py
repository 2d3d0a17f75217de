"""XGBoost through its C interface: any model that `Booster.save_model` wrote as .ubj or .json.

    from engines.tensor import Tensor
    from engines.xgboost import Booster

    booster = Booster("model.ubj")
    (prices,) = booster.run([Tensor((2, 13), two_rows_of_float32)])

The wheel's Python package imports numpy and scipy, which take most of a cold start and half of an
image; `benchmarks/c_interfaces.py` measures both. The predictions are those of the package, bit for
bit: the tests compare them. What scikit-learn's interface to XGBoost calls `predict` for a
regressor or a ranker and `predict_proba` for a classifier is what `run` computes; for two classes
it is the probability of the second, and the trees after the best round of early stopping count
for nothing, as there. A custom objective is in no model: what it saved is a margin.

Source: https://xgboost.readthedocs.io/en/stable/c.html, stable across versions.
"""

import ctypes
import json
import os
from collections.abc import Sequence
from ctypes import POINTER, byref, c_char_p, c_int, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any

from engines.errors import ModelError, RunError
from engines.tabular import input_port, load_library, output_port, row_count
from engines.tensor import KINDS, Tensor
from engines.threads import set_openmp_threads, vcpus

if TYPE_CHECKING:
    from engines.categories import Categories
    from engines.columns import Column, ColumnKind

FLOAT32 = KINDS[1]
# Source: https://xgboost.readthedocs.io/en/stable/python/python_api.html, DMatrix.feature_types.
COLUMN_KINDS: "dict[str, ColumnKind]" = {
    "float": "float",
    "q": "float",
    "int": "int",
    "i": "bool",
    "c": "categorical",
}
SAVE = "save_model('model.ubj')"


class Booster:
    """A trained model, held for as long as the process lives."""

    def __init__(self, model: str | os.PathLike[str], threads: int | None = None) -> None:
        """Load a model and predict once, so that the first run finds everything warm.

        Args:
            model: a file that XGBoost wrote, suffix `.ubj` or `.json`.
            threads: OpenMP threads of a run, at least 1; by default one for each vCPU.

        Raises:
            ModelError: the file is missing, is not a whole model or cannot be served, or XGBoost
                is not installed.
        """
        path = os.fsdecode(model)
        _check_file(path)
        self._threads = threads or vcpus()
        set_openmp_threads(self._threads)
        self._library = load_library("xgboost", "libxgboost")
        self._library.XGBGetLastError.restype = c_char_p
        self._handle = c_void_p()
        try:
            self._load(path)
        except RunError as error:
            raise ModelError(f"{os.path.basename(path)} cannot be loaded: {error}") from error

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Predict a number, or several, for each row of the one input; NaN is a missing value.

        Raises:
            RunError: there are more or fewer columns, or XGBoost refused the values.
        """
        rows = row_count(self.inputs[0], self._column_count, tensors)
        return [self._predict(tensors[0].content, rows) if rows else self._nothing]

    @property
    def columns(self) -> "list[Column]":
        """The columns of a row, in their order.

        Raises:
            ModelError: they are of types that are not known here.
        """
        from engines.columns import Column  # which a load is spared, as the rest of this

        names = self._feature_info(b"feature_name") or [""] * self._column_count
        types = self._feature_info(b"feature_type") or ["float"] * self._column_count
        if unknown := set(types) - COLUMN_KINDS.keys():
            raise ModelError(f"the model has columns of unknown types: {sorted(unknown)}")
        kinds = [COLUMN_KINDS[type_] for type_ in types]
        categories = (self._categories() if "c" in types else []) or [None] * len(names)
        return [*map(Column, names, kinds, categories)]

    @property
    def objective(self) -> str:
        """Its name, such as `binary:logistic`; 0.4 ms, which a load is spared."""
        name: str = self._learner()["objective"]["name"]
        return name

    @property
    def classes(self) -> int | None:
        """How many classes the objective tells apart; None where there are none."""
        if self.objective.startswith("binary:"):
            return 2
        return int(self._learner()["learner_model_param"]["num_class"]) or None

    def _learner(self) -> dict[str, Any]:
        length, text = c_uint64(), c_char_p()
        self._call("XGBoosterSaveJsonConfig", self._handle, byref(length), byref(text))
        learner: dict[str, Any] = json.loads(text.value or b"")["learner"]
        return learner

    def _load(self, path: str) -> None:
        self._call("XGBoosterCreate", None, c_uint64(0), byref(self._handle))
        self._call("XGBoosterLoadModel", self._handle, os.fsencode(path))
        self._call("XGBoosterSetParam", self._handle, b"nthread", b"%d" % self._threads)
        count = c_uint64()
        self._call("XGBoosterGetNumFeature", self._handle, byref(count))
        self._column_count = count.value
        shape = self._predict_first().shape[1:]
        self._nothing = Tensor((0, *shape), b"")
        self.inputs = [input_port(FLOAT32, self._column_count)]
        self.outputs = [output_port(FLOAT32, shape)]

    def _feature_info(self, field: bytes) -> list[str]:
        length, texts = c_uint64(), POINTER(c_char_p)()
        self._call("XGBoosterGetStrFeatureInfo", self._handle, field, byref(length), byref(texts))
        return [(text or b"").decode() for text in texts[: length.value]]

    def _categories(self) -> "list[Categories]":
        """What each column's codes stand for, which only XGBoost 3.1 and newer keep."""
        from engines.categories import of_xgboost

        name, holder, text = "XGBoosterGetCategoriesExportToArrow", c_void_p(), c_char_p()
        if not hasattr(self._library, name):
            return []
        self._call(name, self._handle, None, byref(holder), byref(text))
        if not holder:
            return []
        try:
            return of_xgboost(text.value or b"[]")
        finally:
            self._call("XGBCategoriesFree", holder)

    def _predict_first(self) -> Tensor:
        """Predict a row, which tells how many numbers it gets, and how the model is to be asked."""
        row = bytes(self._column_count * FLOAT32.element_bytes)
        self._is_linear, self._options = False, _options(self._rounds())
        try:
            return self._predict(row, 1)
        except RunError:  # linear models do not read rows in place, and have no trees to leave out
            self._is_linear, self._options = True, _options(0)
            return self._predict(row, 1)

    def _rounds(self) -> int:
        """How many rounds of trees count: scikit-learn's interface stops at the best one too."""
        text, found, rounds = c_char_p(), c_int(), c_int()
        self._call("XGBoosterGetAttr", self._handle, b"best_iteration", byref(text), byref(found))
        self._call("XGBoosterBoostedRounds", self._handle, byref(rounds))
        if not found.value:
            return rounds.value
        best = (text.value or b"").decode(errors="replace")
        if not best.isdecimal() or not int(best) < rounds.value:
            raise RunError(f"its best_iteration is {best}, but it has {rounds.value} rounds")
        return int(best) + 1

    def _predict(self, content: Any, rows: int) -> Tensor:
        sizes, dimensions, result = POINTER(c_uint64)(), c_uint64(), c_void_p()
        out = byref(sizes), byref(dimensions), byref(result)
        array = _array_interface(content, rows, self._column_count)
        if self._is_linear:
            self._predict_by_matrix(array, out)
        else:
            arguments = array, self._options, None, *out
            self._call("XGBoosterPredictFromDense", self._handle, *arguments)
        given, width = sizes[: dimensions.value]  # the shape of the answer is XGBoost's own
        numbers = ctypes.string_at(result.value or 0, given * width * FLOAT32.element_bytes)
        return Tensor((given,) if width == 1 else (given, width), numbers)

    def _predict_by_matrix(self, array: bytes, out: Sequence[Any]) -> None:
        """Predict from a copy of the rows, since linear models do not read them in place."""
        matrix = c_void_p()
        options = b'{"missing":NaN,"nthread":%d}' % self._threads
        self._call("XGDMatrixCreateFromDense", array, options, byref(matrix))
        try:
            arguments = matrix, self._options, *out
            self._call("XGBoosterPredictFromDMatrix", self._handle, *arguments)
        finally:
            self._call("XGDMatrixFree", matrix)

    def _call(self, name: str, *arguments: Any) -> None:
        if getattr(self._library, name)(*arguments) != 0:
            message = self._library.XGBGetLastError().decode(errors="replace")
            raise RunError(message.partition("\nStack trace:")[0])


def _check_file(path: str) -> None:
    """Refuse what XGBoost would refuse in words of its own, or not survive."""
    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise ModelError(f"{name} is missing")
    with open(path, "rb") as file:
        first = file.read(1)
        file.seek(-min(64, os.path.getsize(path)), os.SEEK_END)
        last = file.read()
    if not name.endswith((".ubj", ".json")):
        raise ModelError(f"{name} does not end in .ubj or .json: save the model with {SAVE}")
    if first != b"{":
        raise ModelError(f"{name} is not a model of XGBoost: save the model with {SAVE}")
    if name.endswith(".ubj") and not (b"version[" in last and last.endswith(b"}")):
        raise ModelError(f"{name} is cut short, or is not UBJSON: copy it again, or use {SAVE}")


def _options(rounds: int) -> bytes:
    """What to predict: the value itself, as the objective transforms it, by the first rounds."""
    text = (
        b'{"type":0,"training":false,"iteration_begin":0,"iteration_end":%d,'
        b'"strict_shape":true,"missing":NaN}'
    )
    return text % rounds


def _array_interface(content: bytes, rows: int, columns: int) -> bytes:
    """Describe float32 numbers to XGBoost, which reads them in place.

    Source: https://numpy.org/doc/stable/reference/arrays.interface.html
    """
    address = c_void_p.from_buffer(c_char_p(content)).value
    text = b'{"data":[%d,true],"shape":[%d,%d],"typestr":"<f4","version":3}'
    return text % (address, rows, columns)
