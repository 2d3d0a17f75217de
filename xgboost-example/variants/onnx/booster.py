"""The trees as ONNX Runtime runs them: Dockerfile.onnx puts this in place of app/booster.py."""

import os
from array import array

from engines.onnx import Session
from engines.tensor import Tensor

MODEL_FILE = os.path.join(os.path.dirname(__file__), "model.onnx")


class Booster:
    """A trained model, held for as long as the process lives."""

    def __init__(self, model: str | os.PathLike[str], threads: int) -> None:
        """Reads a model that `export/` converted.

        Args:
            model: an `.onnx` file with one input and one output, both of float32.
            threads: of a prediction, at least 1.

        Raises:
            ModelError: the file is missing, or is not a model.
        """
        self._session = Session(model, threads)

    def predict(self, values: "array[float]", columns: int) -> list[float]:
        """Predicts one value a row.

        Args:
            values: float32 (type code `f`), the rows one after the other; NaN is a missing value.
            columns: numbers in a row, as many as the model was trained with.

        Raises:
            RunError: the model has another number of columns.
        """
        rows = Tensor((len(values) // columns, columns), values.tobytes())
        (prices,) = self._session.run([rows])
        return list(memoryview(prices.content).cast("f"))  # type: ignore[arg-type]  # not strings
