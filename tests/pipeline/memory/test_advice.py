from pipeline.memory.advice import as_text
from pipeline.memory.cost import Point
from pipeline.memory.sweep import Sweep

FOUND = Sweep(
    [
        Point(1024, 20, 19, 21, 4.03),
        Point(1769, 10.5, 10, 11, 4.02),
        Point(3008, 10, 9.9, 10.1, 4.19),
    ],
    {512: "out of memory"},
    60.4,
)


def test_each_memory_has_a_row_and_the_knee_is_marked() -> None:
    text = as_text(FOUND, 2, "a machine")
    rows = [line.split() for line in text.split("\n\n")[0].splitlines()[1:]]
    assert rows == [
        ["512", "out", "of", "memory"],
        ["1,024", "20.00", "19.00", "to", "21.00", "4.03"],
        ["1,769", "10.50", "10.00", "to", "11.00", "4.02", "<-", "the", "knee"],
        ["3,008", "10.00", "9.90", "to", "10.10", "4.19"],
    ]


def test_the_last_line_says_what_to_write_and_how_sure_it_is() -> None:
    last = as_text(FOUND, 2, "a machine").splitlines()[-1]
    assert last.startswith("For model.env: MEMORY_SIZE=1769, the least memory whose price times")
    assert last.endswith("No other size comes near it in any round.")
    unsure = FOUND._replace(points=[Point(1024, 20, 15, 25, 4), Point(1769, 15, 10, 20, 4)])
    assert "do not tell it from 1,769 MB" in as_text(unsure, 2, "").splitlines()[-1]


def test_a_cold_start_is_told_once_and_so_is_the_machine() -> None:
    text = as_text(FOUND, 2, "a machine")
    assert "A cold start takes 60 ms with one CPU." in text and "Measured on a machine." in text


def test_a_machine_with_fewer_cpus_than_come_with_a_memory_says_which() -> None:
    assert "This machine has 1 CPU, fewer than come with 2,048, 3,008 MB" in as_text(FOUND, 1, "")
    assert "This machine" not in as_text(FOUND, 2, "")
