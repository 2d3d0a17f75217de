"""A model's file on the local AWS: from the file to a prediction, with no code."""

import json
import uuid
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest

from tests.e2e.runs import LOCAL, deploy, post, run
from tests.local.instance import Instance
from tests.page.conftest import Open
from tests.page.gestures import paste, predict

pytestmark = pytest.mark.docker
CITIES = ["Oslo", "Paris", "Rome"]
SPREADSHEET = "city\tage\tincome\nOslo\t75\t0.5\n\t20\t\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, lightgbm.LGBMClassifier]:
    """A classifier of mixed columns, and its file, with the names of the classes beside it."""
    generator = np.random.default_rng(0)
    data = pd.DataFrame({"age": generator.integers(18, 90, 400), "income": generator.random(400)})
    data["city"] = pd.Categorical(generator.choice(CITIES, 400))
    leaves = ((data["city"] == "Rome") | (data["age"] > 70)).astype(int)
    trained = lightgbm.LGBMClassifier(n_estimators=20, verbosity=-1).fit(data, leaves)
    path = tmp_path_factory.mktemp("my models") / "Churn.txt"
    trained.booster_.save_model(path)
    description = (
        f"Whether a customer leaves. {uuid.uuid4()}"  # a file that is known is not told of
    )
    told = {"classes": ["stays", "leaves"], "description": description}
    path.with_name("columns.json").write_text(json.dumps(told))
    return path, trained


def test_a_file_becomes_an_api_that_answers_as_its_library(
    instance: Instance,
    model: tuple[Path, lightgbm.LGBMClassifier],
    tmp_path: Path,
    open_page: Open,
) -> None:
    path, trained = model
    ran = deploy(instance, "-r", "-p", str(path), "-d", "-t")
    assert "Churn.txt is a LightGBM model" in ran.stderr
    assert "- `city`: one of Oslo, Paris, Rome" in ran.stderr
    url = ran.stdout.splitlines()[0]
    status, answer = post(
        url, {"rows": [[75, 0.5, "Oslo"], {"age": 20, "income": None, "city": None}]}
    )
    frame = pd.DataFrame({"age": [75, 20], "income": [0.5, np.nan]})
    frame["city"] = pd.Categorical(["Oslo", None], CITIES)
    assert status == 200
    assert answer["predictions"] == ["leaves", "stays"]
    chances = [[row["stays"], row["leaves"]] for row in answer["probabilities"]]
    assert chances == pytest.approx(np.asarray(trained.predict_proba(frame)))
    assert post(url, {"rows": [[20, 1, "Bonn"]]}) == (
        400,
        {"message": "rows[0].city: must be one of Oslo, Paris, Rome, got 'Bonn'"},
    )
    page = open_page(url)
    paste(page, SPREADSHEET)
    predict(page)
    assert json.loads(page.text_content("#raw") or "") == answer

    written = tmp_path / "churn"
    made = run(instance, "-n", str(written), "-p", str(path))
    assert made.returncode == 0, made.stderr
    again = deploy(instance, "-p", str(written), "-d", "-t")
    assert again.stderr.count("unchanged: ") == 2
    deploy(instance, "-x", "-y", str(path))


def test_a_file_that_is_no_model_starts_nothing_on_aws(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    ran = run(instance, *LOCAL, "-r", "-p", str(path), "-d")
    assert ran.returncode == 1
    assert f"pipeline: {path} is a pointer of Git LFS, not the model: git lfs pull" in ran.stderr
    assert "aws cloudformation" not in ran.stderr
