"""Models in the formats of other tools, from their files to predictions on the local AWS."""

import tarfile
import warnings
from pathlib import Path

import pandas as pd
import pytest
import skops.io
import xgboost

from pipeline.model.names import project_name
from tests.engines.sklearn.pipelines import FRAME, LEAVES, fitted
from tests.local.instance import Instance

from .model import Model


class Given(Model):
    """A model's file, whose directory the pipeline makes."""

    def __init__(self, instance: Instance, path: Path) -> None:
        self.aws, self.instance, self.directory = instance.aws, instance, path

    @property
    def name(self) -> str:
        """The project's name, which follows from the file's."""
        return project_name(self.directory)


def test_a_file_of_skops_is_deployed_and_answers_as_scikit_learn(
    instance: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "churn of skops.skops"
    pipeline = fitted("missing cities are imputed")
    skops.io.dump(pipeline, path)
    model = Given(instance, path)
    said = model.deploy()
    assert "engines/sklearn runs it" in said
    frame = FRAME.head(4).assign(city=["Paris", "Unseen", "Rome", "Oslo"])
    rows = frame.to_dict("records")
    answer = model.post({"rows": rows})
    assert answer["predictions"] == pipeline.predict(frame).tolist()
    chances = [list(row.values()) for row in answer["probabilities"]]
    for given, wanted in zip(chances, pipeline.predict_proba(frame).tolist(), strict=True):
        assert given == pytest.approx(wanted, abs=1e-9)


SAID = """flavors:
  xgboost:
    data: model.ubj
saved_input_example_info:
  artifact_path: input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "age"}, {"type": "double", "name": "income"}]'
"""


def test_an_archive_of_a_directory_of_mlflow_answers_its_input_example(
    instance: Instance, tmp_path: Path
) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    table = FRAME[["age", "income"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trees = xgboost.XGBClassifier(n_estimators=4).fit(table, LEAVES == "stays")
    trees.save_model(folder / "model.ubj")
    (folder / "MLmodel").write_text(SAID)
    example: pd.DataFrame = table.head(3)
    example.to_json(folder / "input_example.json", orient="split", index=False)
    with tarfile.open(tmp_path / "packed-trees.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=".")
    model = Given(instance, tmp_path / "packed-trees.tar.gz")
    assert "is an MLflow model of the flavour xgboost" in model.deploy()
    answer = model.post({"rows": example.to_dict("records")})
    assert answer["predictions"] == trees.predict(example).astype(int).tolist()
