from benchmarks.suite.imports import Import, read_import_times, slowest

PRINTED = """\
import time: self [us] | cumulative | imported package
import time:       120 |        120 |   _io
import time:      1500 |       2100 | site
a line of the function's own
import time:       300 |        300 |     encodings.utf_8
"""


def test_import_times_are_read_in_milliseconds_and_other_lines_passed_over() -> None:
    assert read_import_times(PRINTED) == [
        Import("_io", 0.12),
        Import("site", 1.5),
        Import("encodings.utf_8", 0.3),
    ]


def test_the_slowest_come_first_and_are_ten_at_most() -> None:
    found = slowest([Import(str(ms), ms) for ms in range(20)])
    assert [one.ms for one in found] == list(range(19, 9, -1))
