"""Which types a file of skops has, and whether all of them may be loaded.

skops makes objects of the types that a file names, and knows those of scikit-learn and numpy that
do no harm. Others are refused unless the user trusts them by name: a type can run code when it is
made.
"""

import json
import zipfile
from collections.abc import Collection, Iterator
from typing import Any

from engines.errors import ModelError

# That skops asks about in estimators of scikit-learn alone, and why each does no harm. A dtype is
# read from an array without objects; a partial calls nothing but a function that is listed itself,
# and the one here checks numbers. The rest hold numbers and settings, and no code.
HARMLESS = (
    *("numpy.dtype", "functools.partial", "sklearn.utils.validation.check_array"),
    *("sklearn.utils._bunch.Bunch", "sklearn.compose._column_transformer.make_column_selector"),
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    *("sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration"),
    *("sklearn.neighbors._kd_tree.KDTree", "sklearn.neighbors._ball_tree.BallTree"),
    *("sklearn.metrics._dist_metrics.EuclideanDistance64", "sklearn.metrics._scorer._Scorer"),
    *("sklearn.metrics._scorer._PassthroughScorer", "sklearn.model_selection._split.KFold"),
    "sklearn.model_selection._split.StratifiedKFold",
)

BOOSTERS = ("xgboost.", "lightgbm.")


def audit(path: str, trusted: Collection[str]) -> list[str]:
    """List the types of a file, all of which may be loaded.

    Args:
        path: of the file.
        trusted: full names of types beyond those that skops knows.

    Raises:
        ModelError: there are others; the message lists them.
    """
    from skops.io import get_untrusted_types

    asked = {*get_untrusted_types(file=path)}
    unknown = sorted(asked - {*trusted} - {*HARMLESS})
    if any(name.startswith(BOOSTERS) for name in unknown):
        raise ModelError(
            f"it holds a model of another library, {', '.join(unknown)}: save that by its own"
            " save_model, XGBoost's to model.ubj, LightGBM's booster_ to model.txt, for which there"
            " are engines. Inside a pipeline: skl2onnx, with the converters of onnxmltools"
        )
    if unknown:
        raise ModelError(
            f"it has types that are not trusted: {', '.join(unknown)}. A type can run code when it"
            ' is loaded. If you know where the file is from: columns.json, {"trusted":'
            f" {json.dumps(unknown)}}}, with the packages of these types in app/requirements.txt"
        )
    with zipfile.ZipFile(path) as archive:
        return sorted({*_types(json.loads(archive.read("schema.json"))), *asked})


def _types(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(name := node.get("__class__"), str):
            yield f"{node.get('__module__')}.{name}"
        for inner in node.values():
            yield from _types(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _types(inner)
