"""Signals that end a program as an error does, so that it removes on the way what it has made."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from pipeline.terminal import write

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def exit_at_signals() -> None:
    """From now on the first signal raises SystemExit, and later ones do nothing.

    The program then dies of that signal in the end: a shell goes on with its next line only where
    the command before it has not.
    """
    for number in SIGNALS:
        signal.signal(number, _exit)


def _exit(number: int, _frame: object) -> NoReturn:
    for one in SIGNALS:
        signal.signal(one, _do_nothing)  # SIG_IGN would complain of a signal that is on its way
    write("\ninterrupted: the same command goes on from here")
    atexit.register(_die_of, number)
    sys.exit(128 + number)


def _do_nothing(_number: int, _frame: object) -> None:
    """Take a further signal."""


def _die_of(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


@contextmanager
def signals_wait() -> Iterator[None]:
    """A signal that comes in the block acts at its end.

    For Docker's client, whose daemon goes on with what it was asked for when the client is gone.
    Start it in a session of its own: a terminal's signals reach all processes in the foreground.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
