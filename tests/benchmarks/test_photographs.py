from benchmarks.photographs import LARGEST, LARGEST_SIDE
from serving.photographs import limits
from tests.model_directory import REPOSITORY

README = (REPOSITORY / "pytorch-example" / "README.md").read_text()


def test_the_largest_photographs_are_just_within_what_is_accepted() -> None:
    limit = min(limits.MAX_PIXELS.values())
    assert LARGEST_SIDE**2 <= limit < (LARGEST_SIDE + 1) ** 2


def test_the_readme_has_a_row_for_each_and_no_other() -> None:
    table = README.split(f"| {LARGEST_SIDE} x {LARGEST_SIDE} pixels |")[1].split("\n\n")[0]
    rows = [line.split(" | ")[0].strip("| ") for line in table.splitlines()[2:]]
    assert rows == list(LARGEST)
