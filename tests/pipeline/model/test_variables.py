import pytest

from pipeline.errors import SettingsError
from pipeline.model.variables import MAX_BYTES, RESERVED, variables


def test_lines_that_begin_with_env_are_variables_of_the_function() -> None:
    found = variables({"ENV_LOG_LEVEL": "debug", "MEMORY_SIZE": "512"}, {"ENV_OTHER": "shell's"})
    assert found == {"LOG_LEVEL": "debug"}


def test_an_exported_variable_wins_over_the_file() -> None:
    assert variables({"ENV_MODE": "a"}, {"ENV_MODE": "b"}) == {"MODE": "b"}


@pytest.mark.parametrize("name", [*sorted(RESERVED - {"_HANDLER", "_X_AMZN_TRACE_ID"})])
def test_what_lambda_sets_itself_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match=f"ENV_{name}: Lambda sets {name} itself"):
        variables({f"ENV_{name}": "x"}, {})


@pytest.mark.parametrize("name", ["_HANDLER", "A", "1A", "lower", "", "A-B"])
def test_a_name_that_lambda_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="a variable's name has two or more"):
        variables({f"ENV_{name}": "x"}, {})


def test_what_the_template_sets_is_refused_with_the_way_to_set_it() -> None:
    with pytest.raises(SettingsError, match="set API_PATH as a setting, without ENV_"):
        variables({"ENV_API_PATH": "/x"}, {})


def test_more_text_than_lambda_takes_is_refused() -> None:
    with pytest.raises(SettingsError, match="put long values into a file of the image"):
        variables({"ENV_LONG": "x" * MAX_BYTES}, {})
