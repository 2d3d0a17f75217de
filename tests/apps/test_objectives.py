"""Every objective of XGBoost and LightGBM, equal to the library's scikit-learn interface."""

import warnings
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray

from ..engines.lightgbm.models import LABELS as LIGHTGBM_LABELS
from ..engines.tables import TRAINING_ROWS, rows
from ..engines.xgboost.models import LABELS as XGBOOST_LABELS
from ..engines.xgboost.models import OBJECTIVES, SIGNAL, of_objective
from .serving_models import answer_of, handler_of, with_null

CLASSES = ("binary:logistic", "binary:hinge", "multi:softprob", "multi:softmax")
CODES = ("binary:hinge", "multi:softmax")
LIGHTGBM_CLASSES = ("binary", "multiclass", "multiclassova")
GROUP_ROWS = 10
# The last rows are not learnt from: they say when to stop.
HELD_OUT = 60
TABLE = rows(TRAINING_ROWS, missing=True)
ASKED = rows(300, missing=True, seed=9)


def test_every_objective_of_both_libraries_is_here() -> None:
    assert set(CLASSES) < set(OBJECTIVES)
    assert set(LIGHTGBM_CLASSES) < set(LIGHTGBM_LABELS)


def early_stopped_xgboost(objective: str) -> Any:
    """A model of XGBoost's scikit-learn interface, whose last trees count for nothing."""
    labels = XGBOOST_LABELS.get(objective, SIGNAL).astype(float)
    settings: dict[str, Any] = {"n_estimators": 40, "learning_rate": 0.9, "max_depth": 3}
    settings |= {"objective": objective, "early_stopping_rounds": 3, "n_jobs": 1}
    learnt, held = slice(0, -HELD_OUT), slice(-HELD_OUT, None)
    parts = TABLE[learnt], labels[learnt]
    fit: dict[str, Any] = {"eval_set": [(TABLE[held], labels[held])], "verbose": False}
    if objective.startswith("rank:"):
        groups = np.repeat(np.arange(TRAINING_ROWS // GROUP_ROWS), GROUP_ROWS)
        fit |= {"qid": groups[learnt], "eval_qid": [groups[held]]}
        return xgboost.XGBRanker(**settings).fit(*parts, **fit)
    if objective == "reg:quantileerror":
        settings["quantile_alpha"] = 0.7
    kind = xgboost.XGBClassifier if objective in CLASSES else xgboost.XGBRegressor
    return kind(**settings).fit(*parts, **fit)


def of_survival_times() -> Any:
    """The one objective whose labels the interface does not take, trained beside it."""
    booster = of_objective("survival:aft")
    model = xgboost.XGBRegressor()
    model.load_model(booster.save_raw())
    return model


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_xgboost_is_answered_as_by_its_scikit_learn_interface(
    tmp_path: Path, objective: str
) -> None:
    is_survival = objective == "survival:aft"
    model = of_survival_times() if is_survival else early_stopped_xgboost(objective)
    if not is_survival and objective not in ("survival:cox", "reg:gamma"):
        assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    model.save_model(tmp_path / "model.ubj")
    answer = answer_of(handler_of(tmp_path / "model.ubj"), with_null(ASKED))
    check(model, objective in CLASSES, objective not in CODES, answer)


def early_stopped_lightgbm(objective: str) -> Any:
    """A model of LightGBM's scikit-learn interface, stopped early."""
    labels = LIGHTGBM_LABELS[objective].astype(float)
    settings: dict[str, Any] = {"n_estimators": 40, "learning_rate": 0.9, "min_child_samples": 5}
    settings |= {"objective": objective, "verbosity": -1, "n_jobs": 1}
    learnt, held = slice(0, -HELD_OUT), slice(-HELD_OUT, None)
    fit: dict[str, Any] = {"eval_set": [(TABLE[held], labels[held])]}
    fit["callbacks"] = [lightgbm.early_stopping(3, verbose=False)]
    if objective in ("lambdarank", "rank_xendcg"):
        groups = [GROUP_ROWS] * (TRAINING_ROWS // GROUP_ROWS)
        held_out = HELD_OUT // GROUP_ROWS
        fit |= {"group": groups[:-held_out], "eval_group": [groups[-held_out:]]}
        return lightgbm.LGBMRanker(**settings).fit(TABLE[learnt], labels[learnt], **fit)
    is_of_classes = objective in LIGHTGBM_CLASSES
    kind = lightgbm.LGBMClassifier if is_of_classes else lightgbm.LGBMRegressor
    return kind(**settings).fit(TABLE[learnt], labels[learnt], **fit)


@pytest.mark.parametrize("objective", LIGHTGBM_LABELS)
def test_lightgbm_is_answered_as_by_its_scikit_learn_interface(
    tmp_path: Path, objective: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns without names
        model = early_stopped_lightgbm(objective)
        model.booster_.save_model(tmp_path / "model.txt")
        answer = answer_of(handler_of(tmp_path / "model.txt"), with_null(ASKED))
        check(model, objective in LIGHTGBM_CLASSES, True, answer)


def check(model: Any, has_classes: bool, has_chances: bool, answer: Any) -> None:
    """Fail unless an answer is what the interface predicts."""
    predicted: NDArray[Any] = model.predict(ASKED)
    if not has_classes:
        assert answer.keys() == {"predictions"}
        assert answer["predictions"] == pytest.approx(predicted.tolist(), rel=1e-6, abs=1e-6)
        return
    assert answer["predictions"] == predicted.astype(int).tolist()
    assert ("probabilities" in answer) == has_chances
    if has_chances:
        given = [list(row.values()) for row in answer["probabilities"]]
        assert np.allclose(given, model.predict_proba(ASKED), rtol=0, atol=1e-6)


def test_a_raw_margin_is_a_number_and_no_chance(tmp_path: Path) -> None:
    labels = XGBOOST_LABELS["binary:logitraw"]
    model = xgboost.XGBClassifier(objective="binary:logitraw", n_estimators=5).fit(TABLE, labels)
    model.save_model(tmp_path / "model.ubj")
    answer = answer_of(handler_of(tmp_path / "model.ubj"), with_null(ASKED))
    margins = model.predict_proba(ASKED)[:, 1].tolist()
    assert answer == {"predictions": pytest.approx(margins, abs=1e-6)}
