from pathlib import Path

import pytest
import settings
import yaml

REPOSITORY = Path(__file__).parents[2]


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
    found = settings.names(Path("/somewhere") / directory, {})
    assert found["TEMPLATE_REGISTRY"] == registry
    assert found["TEMPLATE_LAMBDA"] == function
    assert found["PREFIX_LAMBDA"] == f"sam_templates/{function}"


def test_exported_names_win_and_need_no_directory() -> None:
    exported = {
        "TEMPLATE_REGISTRY": "shared-registry",
        "TEMPLATE_LAMBDA": "prices",
        "PREFIX_LAMBDA": "p",
    }
    found = settings.names(None, exported)
    assert {name: found[name] for name in exported} == exported
    assert found["REGISTRY_PROJECT"] == "shared"


def test_two_models_that_share_a_registry_name_it_alike() -> None:
    shared = {"TEMPLATE_REGISTRY": "shared-registry"}
    first, second = (settings.names(Path(name), shared) for name in ("first", "second"))
    assert first["REGISTRY_PROJECT"] == second["REGISTRY_PROJECT"] == "shared"
    assert first["PROJECT"] != second["PROJECT"]


@pytest.mark.parametrize("directory", ["1st", "m", "é", "x" * 41, "---"])
def test_a_directory_that_gives_no_name_is_refused(directory: str) -> None:
    with pytest.raises(
        settings.SettingsError, match="Rename the model directory or export PROJECT"
    ):
        settings.names(Path("/somewhere") / directory, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [("TEMPLATE_LAMBDA", "a b"), ("TEMPLATE_REGISTRY", "a/b"), ("PREFIX_LAMBDA", "../a b")],
)
def test_an_exported_name_that_aws_would_refuse_is_refused(name: str, value: str) -> None:
    with pytest.raises(settings.SettingsError):
        settings.names(Path("model"), {name: value})


def test_a_setting_comes_from_the_environment_then_the_file_then_the_default() -> None:
    found = settings.settings({"MEMORY_SIZE": "512", "TIMEOUT": "5"}, {"MEMORY_SIZE": "1024"})
    assert (found["MEMORY_SIZE"], found["TIMEOUT"]) == ("1024", "5")
    assert found["ARCHITECTURE"] == "x86_64"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEMORY_SIZE", "127"),
        ("MEMORY_SIZE", "10241"),
        ("MEMORY_SIZE", "1e3"),
        ("MEMORY_SIZE", "-1"),
        ("TIMEOUT", "30"),
        ("ARCHITECTURE", "amd64"),
        ("API_PATH", "predict"),
        ("API_PATH", "/predict/"),
        ("API_PATH", "/a b"),
        ("LOG_RETENTION_DAYS", "2"),
        ("NETWORK", "maybe"),
        ("RUNTIME_VERSION", "3"),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(settings.SettingsError, match=name):
        settings.settings({}, {name: value})


def test_model_env_may_hold_comments_and_values_with_signs(tmp_path: Path) -> None:
    path = tmp_path / "model.env"
    path.write_text("# why\n\nMEMORY_SIZE=512\nURL=https://a/?b=c#d\n")
    assert settings.read_model_env(path) == {"MEMORY_SIZE": "512", "URL": "https://a/?b=c#d"}


@pytest.mark.parametrize("line", ["memory=1", "export A=1", "A", "A = 1", "A='1'"])
def test_a_line_that_is_no_assignment_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "model.env"
    path.write_text(f"TIMEOUT=5\n{line}\n")
    with pytest.raises(settings.SettingsError, match="line 2"):
        settings.read_model_env(path)


def test_assignments_are_quoted_for_the_shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_PATH", "/predict")
    monkeypatch.setenv("TEMPLATE_LAMBDA", "$(reboot)")
    with pytest.raises(SystemExit):
        settings.main(["names", "model"])
    assert settings.main(["model"]) == 0
    assert "API_PATH=/predict\n" in capsys.readouterr().out


class Loader(yaml.SafeLoader):
    """Reads a template, whose tags (`!Ref` and so on) are kept as they stand."""


Loader.add_multi_constructor("!", lambda loader, tag, node: (tag, node.value))


def test_the_template_has_the_same_defaults_and_accepts_the_same_values() -> None:
    template = yaml.load((REPOSITORY / "template.yaml").read_text(), Loader)
    for setting in settings.SETTINGS:
        if not setting.parameter:
            continue
        parameter = template["Parameters"][setting.parameter]
        assert str(parameter["Default"]) == setting.default
        for value in map(str, parameter.get("AllowedValues", [])):
            assert setting.broken_rule(value) is None
        if "MinValue" in parameter:
            lowest, highest = parameter["MinValue"], parameter["MaxValue"]
            assert setting.broken_rule(str(lowest)) is setting.broken_rule(str(highest)) is None
            assert setting.broken_rule(str(lowest - 1)) and setting.broken_rule(str(highest + 1))
