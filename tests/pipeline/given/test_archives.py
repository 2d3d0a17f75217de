"""SageMaker's archives: what is in them is found, and what could do harm is refused."""

import io
import tarfile
from pathlib import Path

import pytest
import xgboost

from pipeline.errors import GivenError
from pipeline.given import archives
from pipeline.given.formats import XGBOOST_UBJ, recognise
from pipeline.given.opening import opened
from pipeline.model.names import project_name
from tests.engines.xgboost.models import SIGNAL, train


@pytest.fixture
def model(tmp_path: Path) -> bytes:
    """A model as XGBoost's built-in container writes it."""
    train(SIGNAL).save_model(tmp_path / "saved.ubj")
    return (tmp_path / "saved.ubj").read_bytes()


def packed(folder: Path, **contents: bytes) -> Path:
    """A `model.tar.gz` of files; two underscores in a name stand for a slash."""
    path = folder / "churn.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_the_model_of_the_built_in_container_is_found_beside_code(
    tmp_path: Path, model: bytes
) -> None:
    path = packed(tmp_path, **{"xgboost-model": model, "code__inference.py": b"import os"})
    with opened(path) as inside:
        assert recognise(inside.model) == XGBOOST_UBJ
        assert xgboost.Booster(model_file=bytearray(inside.model.read_bytes())).num_features() == 6
    assert not inside.model.exists()


def test_a_columns_json_beside_the_archive_is_found(tmp_path: Path, model: bytes) -> None:
    path = packed(tmp_path, **{"xgboost-model": model})
    (tmp_path / "churn.columns.json").write_text("{}")
    with opened(path) as inside:
        assert inside.columns == tmp_path / "churn.columns.json"


def test_an_archive_of_a_directory_of_mlflow_is_read_as_one(tmp_path: Path, model: bytes) -> None:
    said = b"flavors:\n  xgboost:\n    data: model.ubj\n"
    path = packed(tmp_path, **{"model__MLmodel": said, "model__model.ubj": model})
    with opened(path) as inside:
        assert inside.title == "an MLflow model of the flavour xgboost"


def test_the_name_of_the_project_is_without_both_suffixes(tmp_path: Path, model: bytes) -> None:
    assert project_name(packed(tmp_path, **{"xgboost-model": model})) == "churn"


def refused(path: Path) -> str:
    """What is said of an archive."""
    with pytest.raises(GivenError) as error, opened(path):
        pass
    return str(error.value)


def test_several_models_are_listed(tmp_path: Path, model: bytes) -> None:
    path = packed(tmp_path, **{"a.ubj": model, "b.ubj": model})
    assert "has 2 models: a.ubj, b.ubj. A function serves one" in refused(path)


def test_a_pickle_in_it_is_named_for_what_it_is(tmp_path: Path) -> None:
    said = refused(packed(tmp_path, **{"xgboost-model": b"\x80\x04K\x01."}))
    assert "no model that can be served, but xgboost-model" in said and "is a pickle" in said


@pytest.mark.parametrize("name", ["../outside.ubj", "a/../../outside.ubj", "/tmp/outside.ubj"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "leads out of it" in refused(packed(tmp_path, **{name: b"x"}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("model.ubj")
        member.type, member.linkname = kind, "passwd"
        archive.addfile(member)
    assert "is a link or a device" in refused(path)


def test_what_unpacks_to_more_than_a_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1 << 20)
    assert "unpacks to more than" in refused(packed(tmp_path, **{"a": bytes(2 << 20)}))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 2)
    assert "or 2 files" in refused(packed(tmp_path, a=b"", b=b"", c=b""))


def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path, model: bytes) -> None:
    path = packed(tmp_path, **{"xgboost-model": model * 20})
    path.write_bytes(path.read_bytes()[:-2000])
    assert "is damaged, or cut short" in refused(path)
