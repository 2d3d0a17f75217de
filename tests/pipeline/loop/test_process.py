"""The process that runs an app: what it is given, what it gives, and that nothing is left of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.errors import Ended, TooSlow
from pipeline.loop.process import Process
from tests.commands import REPOSITORY

ENVIRON = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}
Start = Callable[[str], Process]


@pytest.fixture
def said() -> list[str]:
    """The lines that the app printed."""
    return []


@pytest.fixture
def start(tmp_path: Path, said: list[str]) -> Iterator[Start]:
    """Starts an app of some lines."""
    started: list[Process] = []

    def start(text: str) -> Process:
        (tmp_path / "app.py").write_text(text)
        command = (Path(sys.executable), "app.handler")
        started.append(Process(command, tmp_path, ENVIRON, said.append))
        return started[-1]

    yield start
    for process in started:
        process.end()


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_events_go_in_and_replies_come_out_as_lambda_marshals_them(start: Start) -> None:
    app = start(
        "import decimal\n"
        "def handler(event, context):\n"
        "    left = context.get_remaining_time_in_millis() > 4000\n"
        "    about = context.memory_limit_in_mb, len(context.aws_request_id), left\n"
        "    return {'is': event, 'price': decimal.Decimal('1.10'), 'about': about}\n"
    )
    assert app.loaded(5).took_ms > 0
    for event in ({"a": "é\n"}, None, "x" * 7_000_000):
        reply = json.loads(app.ask(event, 5).content)
        assert reply == {"is": event, "price": 1.1, "about": ["512", 36, True]}


def test_what_the_app_prints_is_told_and_its_input_is_empty(start: Start, said: list[str]) -> None:
    app = start(
        "import sys\nprint('loaded')\ndef handler(*_):\n    print(repr(sys.stdin.read()))\n"
    )
    app.loaded(5)
    assert app.ask({}, 5).content == "null"
    wait_until(lambda: said == ["loaded", "''"])


def test_the_app_sees_its_own_folder_and_no_module_of_the_loop(start: Start) -> None:
    app = start("import os, sys\ndef handler(*_): return [sys.path[0], os.getcwd()]\n")
    app.loaded(5)
    first, folder = json.loads(app.ask({}, 5).content)
    assert first == folder


@pytest.mark.parametrize(
    "text", ["1 +\n", "import nothing_of_that_name\n", "raise SystemExit(3)\n"]
)
def test_an_app_that_cannot_be_imported_has_a_traceback_of_its_own_lines(
    start: Start, text: str
) -> None:
    traceback = start(text).loaded(5).traceback
    assert "app.py" in traceback and "child.py" not in traceback and "importlib" not in traceback


def test_what_a_handler_raises_is_a_traceback_and_the_next_request_is_answered(
    start: Start,
) -> None:
    app = start("def handler(event, _): return 1 / event\n")
    app.loaded(5)
    assert "ZeroDivisionError" in app.ask(0, 5).traceback
    assert app.ask(2, 5).content == "0.5"


def test_what_cannot_be_json_is_a_traceback(start: Start) -> None:
    app = start("def handler(*_): return object()\n")
    app.loaded(5)
    assert "Unable to marshal response" in app.ask(0, 5).traceback


def test_a_handler_that_takes_too_long_is_ended_with_all_that_it_started(
    start: Start, said: list[str]
) -> None:
    app = start(
        "import subprocess, time\n"
        "def handler(*_):\n"
        "    print(subprocess.Popen(['sleep', '60']).pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    app.loaded(5)
    with pytest.raises(TooSlow, match=r"no answer within 0\.5 seconds"):
        app.ask({}, 0.5)
    assert not app.is_running
    wait_until(lambda: bool(said) and not is_alive(int(said[0])))


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("os._exit(7)", "ended by itself, with status 7"),
        ("os.kill(os.getpid(), 9)", "ended by SIGKILL"),
    ],
)
def test_a_process_that_ends_says_how(start: Start, end: str, message: str) -> None:
    app = start(f"import os\ndef handler(*_): {end}\n")
    app.loaded(5)
    with pytest.raises(Ended, match=message):
        app.ask({}, 5)
    with pytest.raises(Ended):
        app.ask({}, 5)


# Starts an app that is busy, says its number, and waits to be killed.
PARENT = """
import sys, threading
from pathlib import Path
from pipeline.loop.process import Process
app = Process((Path(sys.executable), "app.handler"), Path(sys.argv[1]), {}, print)
app.loaded(5)
print(app.ask({}, 5).content, flush=True)
app.ask({}, 60)
"""
BUSY = """
import os
pids = []
def handler(*_):
    if pids:
        while True: pass
    pids.append(os.getpid())
    return os.getpid()
"""


def test_a_parent_that_is_killed_leaves_no_orphan_not_even_a_busy_one(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BUSY)
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_alive(pid))
