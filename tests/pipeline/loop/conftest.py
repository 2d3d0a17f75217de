"""Loops that run, each ended with its test."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pipeline.loop.trying import Trying

Try = Callable[..., Trying]


@pytest.fixture
def trying(tmp_path: Path) -> Iterator[Try]:
    """Starts loops."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    started: list[Trying] = []

    def start(model: Path, *options: str, **environ: str) -> Trying:
        started.append(Trying(model, *options, bin_folder=bin_folder, **environ))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGTERM)
