import signal
import subprocess
import sys

import pytest

from pipeline.stopping import SIGNALS
from tests.commands import REPOSITORY

# Says that it has begun, waits for what it is sent, and says what it did on the way out.
PROGRAM = """
import sys
from pipeline.stopping import exit_at_signals, signals_wait
exit_at_signals()
try:
    {wait}
finally:
    print("cleaned up", flush=True)
"""
# Busy: a signal just before a call that blocks would wait until that ends.
LOOP = 'print("ready", flush=True)\n    while True: pass'
BLOCK = (
    'with signals_wait():\n        print("ready", flush=True); print(sys.stdin.read(), flush=True)'
)


def start(wait: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(wait=wait)],
        env={"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", SIGNALS)
def test_a_program_cleans_up_and_then_dies_of_the_signal(number: signal.Signals) -> None:
    with start(LOOP) as program:
        assert program.stdout and program.stdout.readline() == "ready\n"
        program.send_signal(number)
        assert program.stdout.read() == "cleaned up\n"
    assert program.returncode == -number


def test_a_signal_waits_for_the_end_of_a_block() -> None:
    with start(BLOCK) as program:
        assert program.stdout and program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate("went on")
    assert said == "went on\ncleaned up\n"
    assert program.returncode == -signal.SIGTERM


def test_a_program_that_gets_no_signal_ends_as_ever() -> None:
    with start("pass") as program:
        assert program.communicate()[0] == "cleaned up\n"
    assert program.returncode == 0
