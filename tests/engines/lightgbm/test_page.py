"""The handler of docs/engines.md with a model of the test, against LightGBM's own package."""

import re
import sys
from typing import Any

import lightgbm
import numpy as np
import pandas
import pytest

from tests.model_directory import REPOSITORY, post

PAGE = (REPOSITORY / "docs" / "engines.md").read_text()
ISLANDS = ["Biscoe", "Dream", "Torgersen"]
NAMES = ["Adelie", "Chinstrap", "Gentoo"]


def penguins(count: int) -> pandas.DataFrame:
    """Rows like those of the page, some values missing."""
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=(2, count))
    numbers[:, ::7] = np.nan
    islands = pandas.Categorical(generator.choice(ISLANDS, count), categories=ISLANDS)
    return pandas.DataFrame(
        {"bill_length_mm": numbers[0], "flipper_length_mm": numbers[1], "island": islands}
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """A classifier, and the page's handler with its model."""
    rows = penguins(300)
    species = np.array(NAMES)[rows["island"].cat.codes]
    classifier = lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=2, verbose=-1)
    classifier.fit(rows, species)
    model = tmp_path_factory.mktemp("task") / "model.txt"
    classifier.booster_.save_model(model)
    section = PAGE.split("### Named columns, missing values, categories")[1].split("\n## ")[0]
    code = "\n".join(re.findall(r"^    (.*)$|^$", section.partition("`null` is")[0], re.MULTILINE))
    module: dict[str, Any] = {"__name__": "page"}
    sys.modules["page"] = type(sys)("page")  # where the annotations are looked up
    exec(compile(code.replace("/var/task/model.txt", str(model)), "page", "exec"), module)
    return classifier, module["handler"]


def test_the_page_answers_as_the_package_does(served: tuple[Any, Any]) -> None:
    classifier, handler = served
    rows = penguins(40)
    for row, expected in zip(
        rows.itertuples(index=False), classifier.predict_proba(rows), strict=True
    ):
        fields = {name: None if value != value else value for name, value in row._asdict().items()}
        body = str(fields).replace("'", '"').replace("None", "null")
        assert post(handler, body).body == dict(zip(NAMES, expected, strict=True))


def test_an_unknown_category_is_refused(served: tuple[Any, Any]) -> None:
    body = '{"bill_length_mm": 1, "flipper_length_mm": 1, "island": "Java"}'
    reply = post(served[1], body)
    assert reply.status == 400
    assert reply.body["message"] == "island: must be one of Biscoe, Dream, Torgersen"
