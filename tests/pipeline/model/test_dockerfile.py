import pytest

from pipeline.model.dockerfile import unread

NAMES = ("README.md", "model.env", "example.json")


def test_files_that_no_instruction_names_are_not_read() -> None:
    text = "FROM x\nCOPY app/ /var/task/\nCOPY example.json ./\n# COPY README.md /\n"
    assert unread(text, NAMES) == ["README.md", "model.env"]


@pytest.mark.parametrize(
    "line",
    [
        "COPY . /x",
        "COPY ./ /x",
        "COPY --chown=1 . /x",
        'COPY [".", "/x"]',
        "ADD . /x",
        "COPY *.json /x",
        "COPY ./*.json /x",
    ],
)
def test_an_instruction_that_copies_the_whole_context_reads_all(line: str) -> None:
    assert unread(f"FROM x\n{line}\n", NAMES) == []


def test_a_pattern_in_a_folder_reads_none_of_what_lies_beside_it() -> None:
    assert unread("FROM x\nCOPY serving/*.py /x\n", NAMES) == [*NAMES]
