"""The pages of docs/ say what is true: their tables against the code that they describe."""

import re
from typing import get_args, get_type_hints

import pytest

from local import __main__ as local_aws
from local.state import API_PORT, REGISTRY_PORT
from pipeline import command_line
from pipeline.cloud.record import KEPT
from pipeline.model import variables
from pipeline.model.content_types import binary_media_types
from pipeline.model.settings import SETTINGS
from serving import ServingError, errors
from serving.events import Call
from serving.log import Line
from tests.pages import (
    PAGES,
    REPOSITORY,
    broken_links,
    code_in,
    first_codes,
    rows,
    section,
    text_of,
)
from tests.templates.translated import template

FLAGS = "docs/flags-and-settings.md"
ANSWERS = "docs/answers-and-errors.md"
# What the style rules out, and folders that are gone.
BANNED = ("is no ", "whoever", "ends so", "nothing else than", "tools/", "steps/")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: str) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_a_banned_turn_or_a_folder_that_is_gone(page: str) -> None:
    text = text_of(page).lower()
    assert [turn for turn in BANNED if turn in text] == []


def test_every_flag_of_the_usage_is_in_the_table_and_no_other() -> None:
    usage = text_of("pipeline.sh").split("Steps,")[1].split("DIR is")[0]
    flags = re.findall(r"^  (-\w)\b", usage, re.MULTILINE)
    table = [code.split()[0] for code in first_codes(section(FLAGS, "## Flags"))]
    assert sorted(code for code in table if code[0] == "-") == sorted(flags)


def test_every_setting_is_in_the_table_with_its_default_and_no_other() -> None:
    table = [cells for cells in rows(section(FLAGS, "## Settings")) if len(cells) == 3]
    defaults = {code_in(name)[0]: default.strip("`") for name, default, _ in table}
    assert defaults == {setting.name: setting.default for setting in SETTINGS}


@pytest.mark.parametrize("file", ["registry.yaml", "template.yaml"])
def test_every_parameter_and_output_of_a_stack_is_in_its_table_and_no_other(file: str) -> None:
    text = section(FLAGS, "## Parameters and outputs of the stacks")
    table = dict(rows(text[text.index(f"| {file} |") :].split("\n\n")[0]))
    assert {*code_in(table["parameters"])} == {*template(file)["Parameters"]}
    assert {*code_in(table["outputs"])} == {*template(file)["Outputs"]}


def test_the_room_for_a_functions_variables_is_as_the_page_says() -> None:
    text = section(FLAGS, "### Variables of the function")
    assert f"at most {variables.MAX_BYTES - variables.OWN_BYTES:,} bytes" in text
    assert {*code_in(text)} >= variables.OWN


def test_every_step_and_option_is_in_a_table_and_no_other() -> None:
    codes = first_codes(text_of("docs/by-hand.md"))
    steps = [code for code in codes if code[0] != "-"]
    options = {code.split()[0] for code in codes if code[0] == "-"}
    known = [action.option_strings for action in command_line._parser()._actions]
    assert steps == [*command_line.STEPS]
    assert options == {names[-1] for names in known if names} - {"--help"}


def test_every_command_of_the_local_aws_is_in_the_table_and_no_other() -> None:
    commands = first_codes(section("docs/local-aws.md", "## Without the pipeline"))
    known = re.search(r"local/aws ([a-z|]+)", local_aws.__doc__ or "")
    assert known and commands == [f"local/aws {name}" for name in sorted_as(known[1], commands)]


def sorted_as(alternatives: str, commands: list[str]) -> list[str]:
    """The words of `a|b|c`, in the order of the commands that end with them."""
    order = [command.split()[-1] for command in commands]
    return sorted(alternatives.split("|"), key=order.index)


def test_the_ports_of_the_local_aws_are_as_the_page_says() -> None:
    table = {
        first: default for first, default, _ in rows(section("docs/local-aws.md", "## Its state"))
    }
    assert table["`LOCAL_AWS_PORT`"] == str(API_PORT)
    assert table["`LOCAL_REGISTRY_PORT`"] == str(REGISTRY_PORT)


def test_every_field_of_the_log_is_in_the_table_and_no_other() -> None:
    assert first_codes(section(ANSWERS, "## The log")) == [*Line.__struct_fields__]


def test_every_door_is_in_the_table_and_no_other() -> None:
    doors = get_args(get_type_hints(Call)["door"])
    assert first_codes(section(ANSWERS, "## Doors")) == [*doors]


def test_every_status_of_an_error_is_in_the_table() -> None:
    table = rows(section(ANSWERS, "## Statuses"))
    listed = {status for first, _ in table for status in first.split(", ")}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    known = {str(kind.status) for kind in kinds if issubclass(kind, ServingError)}
    assert len(known) == 8 and known <= listed


def test_the_content_types_that_the_api_passes_on_are_those_of_the_template() -> None:
    text = section(ANSWERS, "## Content types").split("These stand there:")[1]
    assert {*code_in(text.strip().split("\n")[0])} == binary_media_types(text_of("template.yaml"))


def test_the_number_of_images_that_are_kept_is_as_the_page_says() -> None:
    assert f"The images of the newest {KEPT} releases" in text_of("docs/releases.md")


def test_every_file_and_name_of_the_map_is_there() -> None:
    text = text_of("docs/map.md")
    paths = [
        code
        for code in code_in(text)
        if re.fullmatch(r"[\w-]+(/[\w.-]*)+|[\w.-]+\.(sh|yaml)", code)
    ]
    assert len(paths) > 20 and [path for path in paths if not exists(path)] == []
    named = re.findall(r"`(\w+)`(?: and `(\w+)`)?(?: of `@?(\w+)`)? in `([\w./-]+\.\w+)`", text)
    assert len(named) >= 6
    for *names, path in named:
        assert all(name in text_of(path) for name in names), (names, path)


def exists(path: str) -> bool:
    """Whether there is a file or folder of that path, from the root or in pipeline/."""
    return (REPOSITORY / path).exists() or (REPOSITORY / "pipeline" / path).exists()
