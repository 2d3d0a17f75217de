"""Files of skops: recognised, and served by the version of scikit-learn that saved them."""

import zipfile
from pathlib import Path

import pytest
import sklearn
import skops.io
from sklearn.linear_model import LinearRegression

from pipeline.errors import GivenError
from pipeline.given.formats import SKOPS, recognise
from pipeline.given.skops import fit_requirements

NOW = "scikit-learn==1.9.1\nnumpy==2.4.6\nscipy==1.17.1\njoblib==1.6.0\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that skops wrote."""
    skops.io.dump(LinearRegression().fit([[1], [2]], [1, 2]), tmp_path / "model.skops")
    return tmp_path / "model.skops"


def of_version(model: Path, version: str) -> Path:
    """The file, as if another version of scikit-learn had saved it."""
    with zipfile.ZipFile(model) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    now = f'\\"{sklearn.__version__}\\"'.encode()
    contents["schema.json"] = contents["schema.json"].replace(now, f'\\"{version}\\"'.encode())
    with zipfile.ZipFile(model, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return model


def test_a_file_of_skops_is_recognised(model: Path) -> None:
    assert recognise(model) == SKOPS


def test_another_archive_with_a_schema_is_not(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(GivenError, match="a zip archive of something else"):
        recognise(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("version", "pins"),
    [
        (sklearn.__version__, ("scikit-learn==1.9.1", "numpy==2.4.6", "scipy==1.17.1")),
        ("1.5.2", ("scikit-learn==1.5.2", "numpy==2.4.6", "scipy==1.17.1")),
        ("1.3.0", ("scikit-learn==1.3.0", "numpy==1.26.4", "scipy==1.11.4")),
    ],
)
def test_the_version_that_saved_it_is_pinned(
    model: Path, version: str, pins: tuple[str, ...]
) -> None:
    lines = fit_requirements(NOW, of_version(model, version)).splitlines()
    assert lines == [*pins, "joblib==1.6.0"]


def test_a_version_without_wheels_for_this_python_is_refused(model: Path) -> None:
    with pytest.raises(GivenError, match=r"scikit-learn 1\.0\.2, and the oldest served is"):
        fit_requirements(NOW, of_version(model, "1.0.2"))
