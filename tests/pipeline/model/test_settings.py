import re
from pathlib import Path

import pytest
import yaml

from pipeline.errors import SettingsError
from pipeline.model.settings import SETTINGS, read_model_env, settings

# Of each setting that is text: some that it may be, and some that it may not.
SAMPLES = [
    "",
    *"/ /predict /a/b /predict/ predict /a_b~c.d /a,b files:8000 a:1,b.c:2 files a:b".split(),
    *"* *,* x,* https://a.example https://a/ https://A https://a:b https://".split(),
    "http://localhost:3000,https://b.c",
]

REPOSITORY = Path(__file__).parents[3]


def test_a_setting_comes_from_the_environment_then_the_file_then_the_default() -> None:
    found = settings({"MEMORY_SIZE": "512", "TIMEOUT": "5"}, {"MEMORY_SIZE": "1024"})
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
        ("CORS_ORIGINS", "app.example.com"),
        ("CORS_ORIGINS", "https://app.example.com/"),
        ("CORS_ORIGINS", "https://*.example.com"),
        ("CORS_ORIGINS", "https://app.example.com,*"),
        ("CORS_ORIGINS", "null"),
        ("NETWORK", "maybe"),
        ("RUNTIME_VERSION", "3"),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings({}, {name: value})


def test_model_env_may_hold_comments_and_values_with_signs(tmp_path: Path) -> None:
    path = tmp_path / "model.env"
    path.write_text("# why\n\nMEMORY_SIZE=512\nURL=https://a/?b=c#d\n")
    assert read_model_env(path) == {"MEMORY_SIZE": "512", "URL": "https://a/?b=c#d"}


@pytest.mark.parametrize("line", ["memory=1", "export A=1", "A", "A = 1", "A='1'"])
def test_a_line_that_is_no_assignment_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "model.env"
    path.write_text(f"TIMEOUT=5\n{line}\n")
    with pytest.raises(SettingsError, match="line 2"):
        read_model_env(path)


@pytest.mark.parametrize(
    "origins", ["", "*", "https://a.example", "http://localhost:3000,https://b.example"]
)
def test_origins_are_a_list_or_any(origins: str) -> None:
    assert settings({}, {"CORS_ORIGINS": origins})["CORS_ORIGINS"] == origins


class Loader(yaml.SafeLoader):
    """Reads a template, whose tags (`!Ref` and so on) are kept as they stand."""


Loader.add_multi_constructor("!", lambda loader, tag, node: (tag, node.value))


def test_the_template_has_the_same_defaults_and_accepts_the_same_values() -> None:
    template = yaml.load((REPOSITORY / "template.yaml").read_text(), Loader)
    for setting in SETTINGS:
        if not setting.parameter:
            continue
        parameter = template["Parameters"][setting.parameter]
        assert str(parameter["Default"]) == setting.default
        for value in map(str, parameter.get("AllowedValues", [])):
            assert setting.broken_rule(value) is None
        if "AllowedPattern" in parameter:
            for value in SAMPLES:
                taken = re.fullmatch(parameter["AllowedPattern"], value)
                assert bool(taken) is (setting.broken_rule(value) is None), (setting.name, value)
        if "MinValue" in parameter:
            lowest, highest = parameter["MinValue"], parameter["MaxValue"]
            assert setting.broken_rule(str(lowest)) is setting.broken_rule(str(highest)) is None
            assert setting.broken_rule(str(lowest - 1)) and setting.broken_rule(str(highest + 1))
