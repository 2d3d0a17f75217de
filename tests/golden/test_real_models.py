"""Models of rows that other projects made, against their library, and what a build says."""

import re
from pathlib import Path

import pytest

from engines.errors import ModelError
from engines.sklearn.build.audit import audit
from golden.compare import differences
from pipeline.given.formats import LIGHTGBM, SKOPS, recognise
from tests.real_models import real_model

from .test_libraries import build, whole_case

GAIT, NAMES = "scikit_digital_health-", "sinonym-"


@pytest.mark.parametrize(
    "name", ["ambulation_model.txt", "lgbm_gait_classifier_no-stairs_50hz.lgbm"]
)
def test_models_of_lightgbm_answer_as_its_package(name: str, tmp_path: Path) -> None:
    path = real_model(GAIT, f"skdh/context/model/{name}", tmp_path)
    assert recognise(path) == LIGHTGBM
    app, folder = build("lightgbm", str(path), tmp_path)
    case = whole_case(folder)
    assert {*case["answer"]["predictions"]} == {0, 1}
    assert not [*differences(case["answer"], app(case["request"], None))]


def test_a_file_of_skops_with_a_type_of_its_project_names_it(tmp_path: Path) -> None:
    path = real_model(NAMES, "sinonym/data/chinese_japanese_classifier.skops", tmp_path)
    assert recognise(path) == SKOPS
    own = "sinonym.ml_model_components.EnhancedHeuristicFlags"
    with pytest.raises(ModelError, match=re.escape(f'{{"trusted": ["{own}"]}}')):
        audit(str(path), [])
    assert own in audit(str(path), [own])
