"""The best round of early stopping, against scikit-learn's interface to XGBoost."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.xgboost import Booster

from ..running import run
from ..tables import classes, rows, signal
from .models import BOOSTERS, of_objective

TABLE, HELD_OUT, ASKED = (rows(300, missing=True, seed=seed) for seed in range(3))
# Of a table that has nothing to do with the first, so that every round after some is worse.
ESTIMATORS: dict[str, tuple[type[Any], int]] = {
    "a number": (xgboost.XGBRegressor, 0),
    "two classes": (xgboost.XGBClassifier, 2),
    "three classes": (xgboost.XGBClassifier, 3),
}


def stopped(name: str, **parameters: Any) -> Any:
    """An estimator that trained for longer than was good."""
    kind, count = ESTIMATORS[name]
    labels = [classes(t, count) if count else signal(t) for t in (TABLE, HELD_OUT)]
    labels[1] = np.random.default_rng(0).permutation(labels[1])
    estimator = kind(n_estimators=30, early_stopping_rounds=10, n_jobs=1, eta=1, **parameters)
    estimator.fit(TABLE, labels[0], eval_set=[(HELD_OUT, labels[1])], verbose=False)
    return estimator


def answer(estimator: Any) -> NDArray[np.float32]:
    """What it predicts, as the engine gives it: of two classes the second's probability."""
    if not isinstance(estimator, xgboost.XGBClassifier):
        numbers: NDArray[np.float32] = estimator.predict(ASKED)
        return numbers
    shares: NDArray[np.float32] = estimator.predict_proba(ASKED)
    return shares if shares.shape[1] > 2 else np.ascontiguousarray(shares[:, 1])


@pytest.mark.parametrize("booster", ["gbtree", "forest", "dart"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_rounds_after_the_best_one_count_for_nothing(
    tmp_path: Path, name: str, booster: str
) -> None:
    estimator = stopped(name, **BOOSTERS[booster])
    native = estimator.get_booster()
    assert estimator.best_iteration + 1 < native.num_boosted_rounds()
    estimator.save_model(tmp_path / "model.ubj")
    engine = Booster(tmp_path / "model.ubj", threads=1)
    wanted = answer(estimator)
    assert run(engine, ASKED).shape == wanted.shape
    assert run(engine, ASKED).tobytes() == wanted.tobytes()
    assert not np.array_equal(wanted, native.inplace_predict(ASKED))


def test_all_rounds_of_lines_count_as_in_scikit_learn_s_interface(tmp_path: Path) -> None:
    estimator = stopped("a number", booster="gblinear", updater="coord_descent")
    assert estimator.best_iteration + 1 < estimator.get_booster().num_boosted_rounds()
    estimator.save_model(tmp_path / "model.ubj")
    assert run(Booster(tmp_path / "model.ubj"), ASKED).tobytes() == answer(estimator).tobytes()


@pytest.mark.parametrize("best", ["6", "-1", "soon", ""])
def test_a_best_round_that_there_is_not_is_refused(tmp_path: Path, best: str) -> None:
    booster = of_objective("reg:squarederror")
    booster.set_attr(best_iteration=best)
    booster.save_model(tmp_path / "model.ubj")
    with pytest.raises(ModelError, match=f"best_iteration is {best}, but it has 6 rounds"):
        Booster(tmp_path / "model.ubj")
