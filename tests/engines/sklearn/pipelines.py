"""Estimators of scikit-learn of every kind that is served, fitted in milliseconds to one frame."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import (
    ColumnTransformer,
    TransformedTargetRegressor,
    make_column_selector,
)
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

ROWS = 200
RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "age": RANDOM.integers(18, 80, ROWS).astype(float),
        "income": RANDOM.normal(3, 1, ROWS),
        "city": RANDOM.choice(["Paris", "Rome", "Oslo"], ROWS),
        "rooms": RANDOM.integers(1, 4, ROWS),
        "note": RANDOM.choice(["a good one", "a bad thing", "so so"], ROWS),
        "member": RANDOM.random(ROWS) > 0.5,
    }
)
MISSING = FRAME.copy()
MISSING.loc[::17, "income"] = np.nan
MISSING.loc[::13, "city"] = np.nan
NUMBERS, CITY = ["age", "income"], ["city"]
LEAVES = np.where(FRAME.age + 10 * (FRAME.city == "Paris") > 50, "leaves", "stays")
PRICE = FRAME.age * 2 + FRAME.income


class Case(NamedTuple):
    """An estimator, and what it is fitted to."""

    estimator: Any
    frame: Any
    labels: Any = None


def mixed(encoder: Any) -> ColumnTransformer:
    """Numbers that are scaled, and a city that is encoded; the other columns are dropped."""
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return ColumnTransformer([("numbers", numbers, NUMBERS), ("city", encoder, CITY)])


def classifier(encoder: Any) -> Any:
    """Logistic regression on mixed columns."""
    return make_pipeline(mixed(encoder), LogisticRegression())


def _of_mixed_columns() -> dict[str, Case]:
    ignoring = OneHotEncoder(handle_unknown="ignore")
    coding = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    imputing = make_pipeline(SimpleImputer(strategy="most_frequent"), ignoring)
    some = ColumnTransformer(
        [("codes", OneHotEncoder(), ["rooms", "city"])], remainder="passthrough"
    )
    text = ColumnTransformer([("t", TfidfVectorizer(), "note"), ("n", StandardScaler(), NUMBERS)])
    bins = ColumnTransformer([("k", KBinsDiscretizer(3), NUMBERS), ("c", TargetEncoder(), CITY)])
    selected = ColumnTransformer(
        [
            ("n", StandardScaler(), make_column_selector(dtype_include="number")),
            ("c", OneHotEncoder(), make_column_selector(dtype_include=["object", "string"])),
        ]
    )
    framed = mixed(OneHotEncoder(sparse_output=False)).set_output(transform="pandas")
    search = GridSearchCV(classifier(OneHotEncoder()), {"logisticregression__C": [1, 2]}, cv=2)
    return {
        "one-hot": Case(classifier(OneHotEncoder()), FRAME, LEAVES),
        "unseen cities are ignored": Case(classifier(ignoring), FRAME, LEAVES),
        "missing cities are imputed": Case(classifier(imputing), MISSING, LEAVES),
        "missing cities are a category": Case(classifier(OneHotEncoder()), MISSING, LEAVES),
        "codes": Case(make_pipeline(mixed(coding), RandomForestRegressor(5)), FRAME, PRICE),
        "numbers as categories": Case(
            make_pipeline(some, Ridge()), FRAME[["age", "rooms", "city"]], PRICE
        ),
        "text": Case(make_pipeline(text, LogisticRegression()), FRAME, LEAVES),
        "bins": Case(make_pipeline(bins, Ridge()), FRAME, PRICE),
        "selected": Case(make_pipeline(selected, LogisticRegression()), FRAME, LEAVES),
        "frames between the steps": Case(
            make_pipeline(framed, LogisticRegression()), FRAME, LEAVES
        ),
        "search": Case(search, FRAME, LEAVES),
        "stack": Case(
            StackingClassifier(
                [("a", classifier(OneHotEncoder())), ("b", classifier(OneHotEncoder()))], cv=2
            ),
            FRAME[["age", "income", "city"]],
            LEAVES,
        ),
        "target": Case(
            TransformedTargetRegressor(
                make_pipeline(mixed(OneHotEncoder()), Ridge()), transformer=StandardScaler()
            ),
            FRAME,
            PRICE,
        ),
        "categories by type": Case(
            HistGradientBoostingClassifier(max_iter=5),
            MISSING.assign(city=MISSING.city.astype("category"))[["age", "income", "city"]],
            LEAVES,
        ),
    }


def _of_numbers() -> dict[str, Case]:
    numbers, classes = FRAME[NUMBERS], FRAME.rooms
    union = FeatureUnion([("a", StandardScaler()), ("b", PCA(1))])
    trees = [("a", Ridge()), ("b", DecisionTreeRegressor(max_depth=2))]
    return {
        "missing numbers": Case(HistGradientBoostingRegressor(max_iter=5), MISSING[NUMBERS], PRICE),
        "no chances": Case(make_pipeline(StandardScaler(), SVC()), numbers, LEAVES),
        "lines": Case(LinearSVC(), numbers, LEAVES),
        "calibrated": Case(CalibratedClassifierCV(SVC(), ensemble=False, cv=2), numbers, LEAVES),
        "forest": Case(RandomForestClassifier(5), numbers, LEAVES),
        "three classes": Case(GradientBoostingClassifier(n_estimators=5), numbers, classes),
        "no names": Case(KNeighborsClassifier(3), numbers.to_numpy(), classes),
        "network": Case(MLPClassifier((4,), max_iter=20), numbers, LEAVES),
        "one number": Case(LinearRegression(), numbers, PRICE),
        "two numbers": Case(LinearRegression(), numbers, np.c_[PRICE, PRICE * 2]),
        "clusters": Case(KMeans(2, n_init=1), numbers),
        "outliers": Case(IsolationForest(n_estimators=5), numbers),
        "true and false": Case(DecisionTreeClassifier(max_depth=2), numbers, LEAVES == "stays"),
        "vote": Case(VotingRegressor(trees), numbers, PRICE),
        "union": Case(make_pipeline(union, LogisticRegression()), numbers, LEAVES),
    }


CASES = {**_of_mixed_columns(), **_of_numbers()}


def fitted(name: str) -> Any:
    """The estimator of a case, fitted."""
    fit: Callable[..., Any] = CASES[name].estimator.fit
    labels = CASES[name].labels
    return fit(CASES[name].frame) if labels is None else fit(CASES[name].frame, labels)
