from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.model.build_arguments import build_arguments, files_of_this_machine
from pipeline.model.dockerfile import declared


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(
        "ARG RUNTIME_VERSION=3.11\nARG WEIGHTS\nFROM x\nARG WEIGHTS\n"
    )
    (tmp_path / "Dockerfile.onnx").write_text("ARG OPSET\nFROM x\n")
    (tmp_path / "model.env").write_text("RUNTIME_VERSION=3.12\nOPSET=17\nMEMORY_SIZE=512\n")
    return tmp_path


def test_arguments_are_found_once_each_in_order() -> None:
    assert declared("ARG A=1\n  arg B\nFROM x\nARG A\nRUN echo ARG C\n") == ["A", "B"]


def test_a_value_comes_from_the_environment_then_from_model_env(model: Path) -> None:
    assert build_arguments(model, "Dockerfile", {}) == {"RUNTIME_VERSION": "3.12"}
    exported = {"RUNTIME_VERSION": "3.13", "WEIGHTS": "dogs", "HOME": "/nowhere"}
    found = build_arguments(model, "Dockerfile", exported)
    assert found == {"RUNTIME_VERSION": "3.13", "WEIGHTS": "dogs"}


def test_an_argument_of_another_dockerfile_is_known_but_not_given(model: Path) -> None:
    assert build_arguments(model, "Dockerfile.onnx", {}) == {"OPSET": "17"}


def test_a_misspelt_setting_is_refused(model: Path) -> None:
    (model / "model.env").write_text("MEMORY_SIZ=512\n")
    with pytest.raises(SettingsError, match="MEMORY_SIZ"):
        build_arguments(model, "Dockerfile", {})


def test_a_value_of_two_lines_is_refused(model: Path) -> None:
    with pytest.raises(SettingsError, match="WEIGHTS"):
        build_arguments(model, "Dockerfile", {"WEIGHTS": "a\nb"})


def test_a_file_of_this_machine_is_given_as_its_place_in_the_context(model: Path) -> None:
    (model / "Dockerfile").write_text("ARG WEIGHTS_FILE\nFROM x\nCOPY files/ /\n")
    weights = model / "my weights.pth"
    weights.touch()
    exported = {"WEIGHTS_FILE": str(weights)}
    assert build_arguments(model, "Dockerfile", exported) == {
        "WEIGHTS_FILE": "files/my weights.pth"
    }
    assert files_of_this_machine(model, "Dockerfile", exported) == {"WEIGHTS_FILE": weights}


def test_a_file_that_is_not_there_is_refused_by_name(model: Path) -> None:
    (model / "Dockerfile").write_text("ARG WEIGHTS_FILE\nFROM x\n")
    with pytest.raises(SettingsError, match="WEIGHTS_FILE must be a file"):
        build_arguments(model, "Dockerfile", {"WEIGHTS_FILE": "nowhere.pth"})


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PIP_PASSWORD"])
def test_a_secret_never_becomes_a_build_argument(model: Path, name: str) -> None:
    (model / "Dockerfile").write_text(f"ARG {name}\nFROM x\n")
    with pytest.raises(SettingsError, match=f"{name} may be a secret.* -w"):
        build_arguments(model, "Dockerfile", {name: "x"})
    assert build_arguments(model, "Dockerfile", {}) == {}
