import os
import sys
from pathlib import Path

import pytest

from benchmarks.suite.touched import BLOCK_BYTES, PAGE_BYTES, count, resident_pages

PAGES_A_BLOCK = BLOCK_BYTES // PAGE_BYTES


def test_small_files_that_lie_in_one_block_count_as_one() -> None:
    assert count([b"\x01", b"\x00\x01", b"\x01"]).block_bytes == BLOCK_BYTES


def test_a_block_in_which_nothing_was_read_does_not_count() -> None:
    file = bytes(PAGES_A_BLOCK) + b"\x01" + bytes(PAGES_A_BLOCK)
    found = count([file])
    assert found.block_bytes == BLOCK_BYTES
    assert found.page_bytes == PAGE_BYTES
    assert found.file_bytes == (2 * PAGES_A_BLOCK + 1) * PAGE_BYTES


def test_a_file_that_crosses_a_border_touches_both_blocks() -> None:
    assert count([bytes(PAGES_A_BLOCK - 1), b"\x01\x01"]).block_bytes == 2 * BLOCK_BYTES


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which pages are cached")
def test_pages_that_were_just_read_are_resident(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(3 * PAGE_BYTES + 1))
    file.read_bytes()
    assert resident_pages(file) == b"\x01" * 4


def test_an_empty_file_has_no_pages(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert resident_pages(empty) == b""
