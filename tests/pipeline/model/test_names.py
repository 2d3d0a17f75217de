from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.model.names import names


@pytest.mark.parametrize(
    ("directory", "registry", "function"),
    [
        ("xgboost-example", "xgboost-example-registry", "xgboost-lambda-example"),
        ("my-model", "my-model-registry", "my-model-lambda"),
        ("My Model_2", "my-model-2-registry", "my-model-2-lambda"),
        ("example", "example-registry", "example-lambda"),
    ],
)
def test_names_follow_from_the_directory(directory: str, registry: str, function: str) -> None:
    found = names(Path("/somewhere") / directory, {}, "dev")
    assert found.registry_stack == f"{registry}-dev"
    assert found.function_stack == f"{function}-dev"
    assert found.prefix == f"sam_templates/{function}"


@pytest.mark.parametrize(
    ("file", "project"), [("churn.ubj", "churn"), ("Churn v2.1.onnx", "churn-v2-1")]
)
def test_a_model_s_file_gives_its_name_without_the_suffix(
    file: str, project: str, tmp_path: Path
) -> None:
    (tmp_path / file).touch()
    assert names(tmp_path / file, {}, "dev").project == project


def test_exported_names_win_and_need_no_directory() -> None:
    exported = {
        "TEMPLATE_REGISTRY": "shared-registry",
        "TEMPLATE_LAMBDA": "prices",
        "PREFIX_LAMBDA": "p",
    }
    found = names(None, exported, "prod")
    assert found[2:] == ("shared-registry-prod", "prices-prod", "p")
    assert found.registry_project == "shared"


def test_two_models_that_share_a_registry_name_it_alike() -> None:
    shared = {"TEMPLATE_REGISTRY": "shared-registry"}
    first, second = (names(Path(name), shared, "dev") for name in ("first", "second"))
    assert first.registry_project == second.registry_project == "shared"
    assert first.project != second.project


@pytest.mark.parametrize("directory", ["1st", "m", "é", "x" * 41, "---"])
def test_a_directory_that_gives_no_name_is_refused(directory: str) -> None:
    with pytest.raises(SettingsError, match="Rename the model directory or export PROJECT"):
        names(Path("/somewhere") / directory, {}, "dev")


@pytest.mark.parametrize(
    ("name", "value"),
    [("TEMPLATE_LAMBDA", "a b"), ("TEMPLATE_REGISTRY", "a/b"), ("PREFIX_LAMBDA", "../a b")],
)
def test_an_exported_name_that_aws_would_refuse_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        names(Path("model"), {name: value}, "dev")
