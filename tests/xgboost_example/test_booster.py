from array import array
from pathlib import Path
from types import ModuleType

import pytest
import xgboost

from .conftest import DIRECTORY


@pytest.fixture
def booster_module(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["booster"]


def test_a_file_that_is_missing_is_refused_with_its_name(booster_module: ModuleType) -> None:
    with pytest.raises(booster_module.BoosterError, match=r"absent\.ubj"):
        booster_module.Booster(Path("absent.ubj"), threads=1)


def test_a_file_that_is_no_model_is_refused(booster_module: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "text.ubj"
    path.write_text("not a model")
    with pytest.raises(booster_module.BoosterError):
        booster_module.Booster(path, threads=1)


def test_another_number_of_columns_than_the_model_s_is_refused(booster_module: ModuleType) -> None:
    booster = booster_module.Booster(DIRECTORY / "app/model.ubj", threads=1)
    with pytest.raises(booster_module.BoosterError, match="13"):
        booster.predict(array("f", [1.0] * 12), columns=12)


def test_the_library_is_that_of_the_python_package_where_there_is_one(
    booster_module: ModuleType,
) -> None:
    (wheel,) = Path(xgboost.__file__).parent.glob("lib/libxgboost.*")
    assert booster_module._library_file() == str(wheel)


def test_without_the_python_package_the_library_is_where_conda_has_it(
    booster_module: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "lib/libxgboost.so"
    library.parent.mkdir()
    library.touch()
    monkeypatch.setattr(booster_module, "find_spec", lambda name: None)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert booster_module._library_file() == str(library)


def test_without_xgboost_the_error_says_how_to_install_it(
    booster_module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booster_module, "find_spec", lambda name: None)
    with pytest.raises(booster_module.BoosterError, match="pip install -r requirements"):
        booster_module.Booster(DIRECTORY / "app/model.ubj", threads=1)
