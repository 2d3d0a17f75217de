"""Types that are not trusted are listed and refused before anything of them is made."""

import json
import zipfile
from pathlib import Path

import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from xgboost import XGBClassifier

from engines.errors import ModelError
from engines.sklearn.build.audit import audit
from engines.sklearn.estimator import Estimator

from .pipelines import FRAME, PRICE


def with_function(path: Path) -> str:
    """A file that calls a function when it predicts."""
    steps = FunctionTransformer(json.dumps), LinearRegression()
    pipeline = make_pipeline(*steps)
    steps[1].fit(FRAME[["age"]], PRICE)
    skops.io.dump(pipeline, path)
    return str(path)


def test_a_function_that_is_not_trusted_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        audit(with_function(tmp_path / "model.skops"), [])
    assert "types that are not trusted: json.dumps" in str(error.value)
    assert 'columns.json, {"trusted": ["json.dumps"]}' in str(error.value)


def test_a_booster_in_it_is_named_with_its_own_way(tmp_path: Path) -> None:
    model = XGBClassifier(n_estimators=1).fit(FRAME[["age"]], FRAME.member)
    skops.io.dump(model, tmp_path / "model.skops")
    with pytest.raises(ModelError, match=r"xgboost\.core\.Booster.*its own save_model"):
        audit(str(tmp_path / "model.skops"), [])


def test_what_is_trusted_by_name_is_loaded(tmp_path: Path) -> None:
    path = with_function(tmp_path / "model.skops")
    types = audit(path, ["json.dumps"])
    assert "json.dumps" in types
    Estimator(path, types)


def test_a_file_that_changed_since_its_types_were_checked_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    skops.io.dump(LinearRegression().fit(FRAME[["age"]], PRICE), path)
    types = audit(str(path), [])
    with pytest.raises(ModelError, match="was changed since its types were checked"):
        Estimator(with_function(path), types)


def test_a_type_that_hides_behind_a_harmless_one_is_found(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    skops.io.dump(LinearRegression().fit(FRAME[["age"]], PRICE), path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(contents["schema.json"])
    schema["content"]["content"]["hidden"] = {
        **{"__class__": "system", "__module__": "os", "__loader__": "TypeNode", "__id__": 7},
    }
    contents["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    with pytest.raises(ModelError, match=r"os\.system"):
        audit(str(path), [])
