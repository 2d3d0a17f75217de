"""The README says what is true: its tables and commands against the files that they describe."""

import re
from pathlib import Path

import pytest

from pipeline.model.settings import SETTINGS
from tests.templates.translated import template

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()


def section(heading: str) -> str:
    """The text under a heading, until the next one of its level."""
    level = heading.split()[0]
    return README.split(f"\n{heading}\n")[1].split(f"\n{level} ")[0]


def code_in(text: str) -> set[str]:
    """What stands in backticks."""
    return set(re.findall(r"`([^`]+)`", text))


def test_every_flag_of_the_usage_is_in_the_table_and_no_other() -> None:
    usage = (REPOSITORY / "pipeline.sh").read_text().split("Steps,")[1].split("DIR is")[0]
    flags = set(re.findall(r"^  (-\w)\b", usage, re.MULTILINE))
    table = {code.split()[0] for code in code_in(section("### Flags")) if code.startswith("-")}
    assert table == flags and len(flags) == 13


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = [line for line in section("### Settings").splitlines() if line.startswith("|")]
    for setting in SETTINGS:
        (row,) = (row for row in rows if setting.name in code_in(row.split("|")[1]))
        assert setting.default in row


@pytest.mark.parametrize("file", ["registry.yaml", "template.yaml"])
def test_every_parameter_and_output_is_in_the_table(file: str) -> None:
    text = section("### Parameters and outputs of the stacks")
    start = text.index(f"| {file} |")
    names = code_in(text[start:].split("\n\n")[0])
    assert names == {*template(file)["Parameters"], *template(file)["Outputs"]}


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README)
    assert links and all((REPOSITORY / link).exists() for link in links)


def test_every_link_to_a_heading_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors


def test_every_folder_that_it_lists_is_there_and_every_one_there_is_listed() -> None:
    listed = set(re.findall(r"^    ([\w.-]+)/ ", section("## What is where"), re.MULTILINE))
    there = {path.name for path in REPOSITORY.iterdir() if path.is_dir() and path.name[0] != "."}
    assert listed == there - {"figs"}
