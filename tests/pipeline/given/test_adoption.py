"""The model directory of a model's file: made once for its content, whole or not at all."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.errors import GivenError, ImageError
from pipeline.given import adoption
from pipeline.given.adoption import adopt, create
from pipeline.model.settings import read_model_env
from tests.engines.litert.models import added

BOOSTER = Path(__file__).resolve().parents[3] / "xgboost-example" / "app" / "model.ubj"
EXAMPLE = {"request": {"rows": [{"it's": 1}]}, "answer": {"predictions": [2]}, "tolerance": 1e-6}


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """The directories whose golden request was made, by a stub of the build."""
    made: list[Path] = []

    def make(directory: Path, _environ: Mapping[str, str], _stays_here: bool) -> str:
        made.append(directory)
        (directory / "example.json").write_text(json.dumps(EXAMPLE))
        return "A row has 1 column."

    monkeypatch.setattr(adoption, "make_golden", make)
    monkeypatch.setattr(adoption, "MADE", tmp_path / "made")
    return made


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "my models" / "Churn v2.ubj"
    path.parent.mkdir()
    path.write_bytes(BOOSTER.read_bytes())
    return path


def test_a_directory_is_taken_as_it_is(builds: list[Path], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    assert adopt(tmp_path, {}, stays_here=True) == tmp_path
    assert not builds


def test_a_file_becomes_a_directory_of_its_name_once(builds: list[Path], model: Path) -> None:
    first, second = (adopt(model, {}, stays_here=True) for _ in range(2))
    assert first == second and first.name == "churn-v2"
    assert len(builds) == 1
    assert (first / "app" / "model.ubj").read_bytes() == model.read_bytes()
    assert "ENGINE=xgboost:Booster\nMODEL=model.ubj\n" in (first / "model.env").read_text()


def test_another_content_becomes_another_directory(builds: list[Path], model: Path) -> None:
    first = adopt(model, {}, stays_here=True)
    model.with_name("columns.json").write_text('{"columns": []}')
    second = adopt(model, {}, stays_here=True)
    model.with_name("Churn v2.columns.json").write_text('{"unit": "$"}')
    third = adopt(model, {}, stays_here=True)
    assert len({first, second, third}) == 3
    assert (second / "app" / "columns.json").read_text() == '{"columns": []}'
    assert (third / "app" / "columns.json").read_text() == '{"unit": "$"}'


def test_settings_beside_a_file_are_its_own(builds: list[Path], model: Path) -> None:
    model.with_name("model.env").write_text("AUTH=key\nTIMEOUT=20\nENGINE=other\n")
    made = adopt(model, {}, stays_here=True)
    found = read_model_env(made / "model.env")
    assert (found["AUTH"], found["TIMEOUT"], found["ENGINE"]) == ("key", "20", "xgboost:Booster")
    model.with_name("Churn v2.model.env").write_text("AUTH=iam\n")
    again = adopt(model, {}, stays_here=True)
    assert read_model_env(again / "model.env")["AUTH"] == "iam" and again != made


def test_what_a_user_says_of_a_model_goes_with_it(builds: list[Path], model: Path) -> None:
    before = adopt(model, {}, stays_here=True)
    model.with_name("about.json").write_text('{"licence": "MIT"}')
    made = adopt(model, {}, stays_here=True)
    assert made != before
    assert (made / "app" / "about.json").read_text() == '{"licence": "MIT"}'


@pytest.mark.parametrize("content", ["[]", "{"])
def test_what_is_no_object_is_refused_before_a_build(
    builds: list[Path], model: Path, content: str
) -> None:
    about = model.with_name("about.json")
    about.write_text(content)
    with pytest.raises(GivenError, match=re.escape(str(about))):
        adopt(model, {}, stays_here=True)
    assert not builds


def test_the_readme_has_the_request_as_a_shell_takes_it(builds: list[Path], model: Path) -> None:
    text = (adopt(model, {}, stays_here=True) / "README.md").read_text()
    assert text.startswith("# churn-v2\n\nAn XGBoost model")
    assert "A row has 1 column." in text
    assert '-d \'{"rows": [{"it\'"\'"\'s": 1}]}\'' in text
    assert "{" + "found}" not in text


def test_a_file_that_is_no_model_leaves_nothing(builds: list[Path], model: Path) -> None:
    model.write_bytes(b"\x80\x04.")
    with pytest.raises(GivenError, match="is a pickle"):
        create(model, model.parent / "made", {}, stays_here=True)
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_a_build_that_fails_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, builds: list[Path], model: Path
) -> None:
    def fail(*_: object) -> str:
        raise ImageError("no room")

    monkeypatch.setattr(adoption, "make_golden", fail)
    with pytest.raises(ImageError):
        create(model, model.parent / "made", {}, stays_here=True)
    assert [path.name for path in model.parent.iterdir()] == [model.name]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "eyes.tflite"
    path.write_bytes(added())
    told = {"image": {"color": "RGB"}, "labels_file": "names.txt"}
    path.with_name("columns.json").write_text(json.dumps(told))
    path.with_name("names.txt").write_text("a\nb\n")
    return path


def test_the_file_of_labels_goes_with_the_model_and_counts(
    builds: list[Path], network: Path
) -> None:
    first = adopt(network, {}, stays_here=True)
    assert (first / "app" / "names.txt").read_text() == "a\nb\n"
    assert "ENGINE=litert:Model\nMODEL=model.tflite\n" in (first / "model.env").read_text()
    assert not (first / "app" / "requirements-golden.txt").exists()
    network.with_name("names.txt").write_text("a\nc\n")
    assert adopt(network, {}, stays_here=True) != first


@pytest.mark.parametrize("name", ["none.txt", "../secret.txt", "/etc/passwd"])
def test_a_file_of_labels_that_is_not_beside_the_model_is_refused(
    name: str, builds: list[Path], network: Path
) -> None:
    (network.parent.parent / "secret.txt").write_text("")
    network.with_name("columns.json").write_text(json.dumps({"labels_file": name}))
    with pytest.raises(GivenError, match="labels_file names"):
        adopt(network, {}, stays_here=True)
    assert not builds


def test_a_readme_shows_a_long_request_by_what_prints_it(
    monkeypatch: pytest.MonkeyPatch, builds: list[Path], network: Path
) -> None:
    monkeypatch.setitem(EXAMPLE, "request", {"input_image": "A" * 2000})
    readme = (adopt(network, {}, stays_here=True) / "README.md").read_text()
    assert '-d "$(python3 -m pipeline request ./eyes)"' in readme
    assert "AAAA" not in readme
