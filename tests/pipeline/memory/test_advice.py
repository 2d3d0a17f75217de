from pipeline.memory.advice import as_text
from pipeline.memory.cost import Point
from pipeline.memory.sweep import Sweep

FOUND = Sweep(
    [Point(1024, 1080, 20, 0.53), Point(1769, 60, 10.5, 0.52), Point(3008, 50, 10, 0.69)],
    {512: "out of memory"},
)


def test_each_memory_has_a_row_and_the_knee_is_marked() -> None:
    rows = [line.split() for line in as_text(FOUND, cpus=2).split("\n\n")[0].splitlines()[1:]]
    assert rows == [
        ["512", "out", "of", "memory"],
        ["1,024", "1,080", "20.00", "0.53"],
        ["1,769", "60", "10.50", "0.52", "<-", "the", "knee"],
        ["3,008", "50", "10.00", "0.69"],
    ]


def test_the_last_line_says_what_to_write_and_why() -> None:
    last = as_text(FOUND, cpus=2).splitlines()[-1]
    assert last.startswith("For model.env: MEMORY_SIZE=1769, the least memory with which")
    assert "10.50 ms, beside 10.00 ms with 3,008 MB" in last


def test_a_machine_with_fewer_cpus_than_come_with_a_memory_says_which() -> None:
    assert "This machine has 1 CPU, fewer than come with 2,048, 3,008 MB" in as_text(FOUND, cpus=1)
    assert "This machine" not in as_text(FOUND, cpus=2)
