"""LightGBM through its C interface: any model that `Booster.save_model` wrote as text.

    from engines.lightgbm import Booster
    from engines.tensor import Tensor

    booster = Booster("model.txt")
    (probabilities,) = booster.run([Tensor((2, 13), two_rows_of_float64)])

The wheel's Python package imports numpy and scipy; `benchmarks/c_interfaces.py` measures what they
cost. The predictions are those of the package's `Booster.predict`, bit for bit: the tests compare
them. For two classes it is the probability of the second. Trees after the best round of early
stopping are not in the file, unless it was saved with `num_iteration=-1`. A custom objective is in
no file: what it saved gives raw scores.

The library needs `libgomp.so.1`, which slim base images lack: `apt-get install libgomp1`.
Source: https://lightgbm.readthedocs.io/en/stable/C-API.html
"""

import os
from collections.abc import Sequence
from ctypes import byref, c_char_p, c_double, c_int, c_int32, c_int64, c_void_p
from typing import Any

from engines.columns import Column
from engines.errors import ModelError, RunError
from engines.tabular import input_port, load_library, output_port, row_count
from engines.tensor import KINDS, Tensor
from engines.threads import set_openmp_threads, vcpus

FLOAT64 = KINDS[11]
DOUBLE, ROW_MAJOR, VALUE, FIRST, ALL = 1, 1, 0, 0, -1  # of the element, the rows, the trees
END_OF_TREES = b"end of trees\n"
SAVE = "save_model('model.txt')"


class Booster:
    """A trained model, held for as long as the process lives.

    Attributes:
        columns: of a row, in their order.
        objective: its name, such as `binary`; empty where the model has none.
        classes: how many the objective tells apart; None where there are none.
    """

    def __init__(self, model: str | os.PathLike[str], threads: int | None = None) -> None:
        """Load a model and predict once, so that the first run finds everything warm.

        Args:
            model: a text file that LightGBM wrote.
            threads: OpenMP threads of a run, at least 1; by default one for each vCPU.

        Raises:
            ModelError: the file is missing, is not a whole model or cannot be served, or LightGBM
                is not installed.
        """
        name = os.path.basename(os.fsdecode(model))
        threads = threads or vcpus()
        text = _read(model, name)
        try:
            self._describe(text)
        except (IndexError, KeyError, ValueError) as error:
            raise ModelError(f"{name} was changed: copy it again, or use {SAVE}") from error
        set_openmp_threads(threads)
        self._library = load_library("lightgbm", "lib_lightgbm")
        self._library.LGBM_GetLastError.restype = c_char_p
        self._parameters = b"num_threads=%d verbosity=-1" % threads
        try:
            self._load(text)
        except RunError as error:
            raise ModelError(f"{name} cannot be loaded: {error}") from error

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Predict a number, or several, for each row of the one input; NaN is a missing value.

        Raises:
            RunError: there are more or fewer columns, or LightGBM refused the values.
        """
        rows = row_count(self.inputs[0], len(self.columns), tensors)
        numbers = self._predict(tensors[0].content, rows) if rows else b""
        return [Tensor((rows, *self._row_shape), numbers)]

    def _describe(self, text: bytes) -> None:
        header = _header(text)
        words = header.get("objective", "").split()
        self.objective = words[0] if words else ""
        is_multiclass = self.objective.startswith("multiclass")
        self.classes = int(header["num_class"]) if is_multiclass else None
        if self.objective == "binary":
            self.classes = 2
        self.columns = _columns(header, text[text.rindex(END_OF_TREES) :])

    def _load(self, text: bytes) -> None:
        self._handle, width = c_void_p(), c_int64()
        self._call("BoosterLoadModelFromString", text, byref(c_int()), byref(self._handle))
        options = c_int(1), VALUE, FIRST, ALL
        self._call("BoosterCalcNumPredict", self._handle, *options, byref(width))
        self._width = width.value
        self._row_shape = () if width.value == 1 else (width.value,)
        self.inputs = [input_port(FLOAT64, len(self.columns))]
        self.outputs = [output_port(FLOAT64, self._row_shape)]
        self._predict(bytes(FLOAT64.element_bytes * len(self.columns)), 1)

    def _predict(self, content: Any, rows: int) -> bytes:
        result, length = (c_double * (rows * self._width))(), c_int64()
        options = ROW_MAJOR, VALUE, FIRST, ALL, self._parameters, byref(length), result
        table, columns = (self._handle, content, DOUBLE), c_int32(len(self.columns))
        if rows == 1:  # on this thread alone, which takes a third of the time
            self._call("BoosterPredictForMatSingleRow", *table, columns, *options)
        else:
            self._call("BoosterPredictForMat", *table, c_int32(rows), columns, *options)
        if length.value != len(result):
            raise RunError(f"LightGBM gave {length.value} numbers, not {len(result)}")
        return bytes(result)

    def _call(self, name: str, *arguments: Any) -> None:
        if getattr(self._library, f"LGBM_{name}")(*arguments) != 0:
            raise RunError(self._library.LGBM_GetLastError().decode(errors="replace"))


def _read(model: str | os.PathLike[str], name: str) -> bytes:
    """Read a model that is whole: of one that is not, LightGBM would crash or drop trees."""
    if not os.path.isfile(model):
        raise ModelError(f"{name} is missing")
    with open(model, "rb") as file:
        text = file.read()
    if not text.startswith((b"tree\n", b"tree\r\n")):
        raise ModelError(f"{name} is not a model of LightGBM: save the model with {SAVE}")
    if text[:32].replace(b"\r", b"").startswith(b"tree\nversion=v2\n"):
        raise ModelError(
            f"{name} is of LightGBM 2, whose files do not tell whether they are whole: save it"
            f" again with a newer one, lightgbm.Booster(model_file={name!r}).{SAVE}"
        )
    if b"\r" in text[:32]:
        raise ModelError(
            f"{name} was changed: its lines end as Windows' do, and its trees are elsewhere than it"
            f" says. Copy it again as bytes, or take them back: sed -i 's/\\r$//' {name}"
        )
    if not _is_whole(text):
        raise ModelError(f"{name} is cut short, or was changed: copy it again, or use {SAVE}")
    return text


def _is_whole(text: bytes) -> bool:
    """Whether each tree stands where it should, and what follows ends as it should."""
    try:
        header, first = _header(text), text.index(b"\n\n") + 2
        if "tree_sizes" in header:
            place = _end_of_sized(text, first, header["tree_sizes"].split())
        else:
            place = _end_of_numbered(text, first)
    except (KeyError, ValueError):
        return False
    rest = text[place:]
    # A model that was read from a file of LightGBM 2 and saved again has no parameters.
    end = b"\nend of parameters\n" if b"\nparameters:" in rest else b"\npandas_categorical:"
    return rest.startswith(END_OF_TREES) and end in rest and b"\0" not in text


def _end_of_sized(text: bytes, place: int, sizes: Sequence[str]) -> int:
    """Where trees of these sizes end; a ValueError if one of them begins elsewhere."""
    for number, size in enumerate(sizes):
        if not text.startswith(b"Tree=%d\n" % number, place):
            raise ValueError(f"tree {number} is elsewhere")
        place += int(size)
    return place


def _end_of_numbered(text: bytes, place: int) -> int:
    """Where trees end whose sizes somebody took out; a ValueError if one of them is missing.

    LightGBM takes such files, and people make them, since git can change the sizes with the ends
    of the lines. Source: https://github.com/lightgbm-org/LightGBM/issues/3733
    """
    end = text.rindex(END_OF_TREES)
    trees = (b"\n" + text[place:end]).split(b"\nTree=")
    found = [tree.partition(b"\n")[0] for tree in trees[1:]]
    if trees[0].strip() or not found or found != [b"%d" % number for number in range(len(found))]:
        raise ValueError("the trees are not numbered one after the other")
    return end


def _header(text: bytes) -> dict[str, str]:
    lines = text[: text.index(b"\n\n")].decode().splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def _columns(header: dict[str, str], rest: bytes) -> list[Column]:
    """Read the columns from the header, and their categories from what follows the trees."""
    names = header["feature_names"].split(" ")
    infos = header["feature_infos"].split(" ")  # [least:most], none, or codes, as -1:0:2
    found = {number for number, info in enumerate(infos) if info[:1] not in "[n"}
    _, _, listed = rest.partition(b"\n[categorical_feature: ")
    found |= {*map(int, listed[: listed.find(b"]")].decode().replace(",", " ").split())}
    columns = [Column(name, "float") for name in names]
    if found:  # else the module is not worth its time
        from engines.categories import of_pandas

        order = sorted(found)
        categories = of_pandas(rest, [infos[number] for number in order])
        for number, known in zip(order, categories, strict=True):
            columns[number] = Column(names[number], "categorical", known)
    return columns
