"""The check before a push: an image must answer its golden request as Lambda would run it."""

from __future__ import annotations

import json
import subprocess
import time
from typing import NamedTuple

from pipeline.commands import note, say
from pipeline.errors import FunctionError, GoldenError, ImageError, PipelineError
from pipeline.image.containers import log, quiet_docker, remove_leftovers
from pipeline.image.emulator import emulator
from pipeline.image.failures import explained
from pipeline.image.function import PATH, PORT, Function, as_lambda, container, status_and_body
from pipeline.image.metadata import check_metadata
from pipeline.image.rehearsal import rehearse
from pipeline.model import content_types
from pipeline.places import FUNCTION_TEMPLATE

MAX_INIT_SECONDS = 10
PEAKS = ("memory.peak", "memory/memory.max_usage_in_bytes")
LOG_LINES = 60
OK = 200
FAILED = (500, '{"message":"Internal server error"}')  # of a handler of serving/
# Runs inside the container, where the emulator listens on the loopback interface alone. An event is
# a line of JSON, and so is its answer.
POST = f"""
import json, sys, time, urllib.error, urllib.request
url = "http://127.0.0.1:{PORT}{PATH}"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
patience = float(sys.argv[1])
deadline = time.monotonic() + patience
def post(event):
    while True:
        try:
            with opener.open(url, event, timeout=patience) as answer:
                return answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            sys.exit(error.read().decode(errors="replace"))
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
                sys.exit(str(error))
            time.sleep(0.05)
for event in sys.stdin.buffer.read().splitlines():
    print(json.dumps(post(event)))
"""


class Checked(NamedTuple):
    """What the check found.

    Attributes:
        golden_ms: the milliseconds until the first answer.
        engine: what runs the model; empty where it does not say.
        peak_mib: the most memory that the container took; 0 where nothing tells.
    """

    golden_ms: float
    engine: str
    peak_mib: int = 0


def check_image(function: Function) -> Checked:
    """Send the golden request to a new container, and say how long the first answer took.

    Raises:
        ImageError: the image is too big, for another architecture, does not run, or answers
            something else; the reason was shown with the container's log.
    """
    say(f"Check: {function.image} must answer its golden request under Lambda's emulator")
    binary = emulator(function.settings["ARCHITECTURE"])
    try:
        check_metadata(function.image, function.settings["ARCHITECTURE"])
        with (
            as_lambda(function, binary) as options,
            container(function.image, options) as name,
        ):
            checked = _checked(function, name)
    except PipelineError as error:
        raise ImageError(
            f"the image fails as Lambda would run it. Nothing was released. {error}"
        ) from error
    finally:
        remove_leftovers()
    note(f"The image gives the golden answer, the first time in {checked.golden_ms:,.0f} ms.")
    return checked


def _checked(function: Function, name: str) -> Checked:
    started = time.monotonic()
    try:
        (answer,) = invoke(function, name, function.golden_event())
        took_ms = (time.monotonic() - started) * 1000
        function.golden.check(*status_and_body(answer))
        engine = _check_descriptions(function, name)
        if function.settings["SNAPSTART"] == "on":
            rehearse(function, name)
    except (FunctionError, GoldenError) as error:
        shown = log(name)
        _show_log(shown)
        raise explained(error, shown, function.settings["MEMORY_SIZE"]) from error
    return Checked(took_ms, engine, _peak_mib(name))


def _peak_mib(name: str) -> int:
    """Read the most memory that a container took, of either version of control groups."""
    for file in PEAKS:
        told = quiet_docker("exec", name, "cat", f"/sys/fs/cgroup/{file}")
        if told.returncode == 0 and told.stdout.strip().isdigit():
            return int(told.stdout) >> 20
    return 0


def _check_descriptions(function: Function, name: str) -> str:
    """Read the model card and the document, which must take what the API passes on as bytes.

    Returns:
        the engine that the card names, with its version; empty where it names none.
    """
    card = _described(function, name, "model")
    # A handler without serving/ has no document, and takes JSON alone.
    if document := _described(function, name, "openapi.json"):
        content_types.check(json.loads(document), FUNCTION_TEMPLATE.read_text(encoding="utf-8"))
    return _engine(card)


def _engine(card: str) -> str:
    try:
        found = json.loads(card)["engine"]
        return " ".join(str(found[key]) for key in ("name", "version") if found.get(key))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""  # an app of the user's own need not name one


def _described(function: Function, name: str, description: str) -> str:
    """What a model says of itself; empty where it does not."""
    event = function.described_event(description)
    (answer,) = invoke(function, name, event)
    status, body = status_and_body(answer)
    if (status, body) == FAILED:
        raise FunctionError(f"the model cannot describe itself: see its log of …/{description}")
    return body if status == OK else ""


def invoke(function: Function, name: str, *events: object) -> list[str]:
    """Send events to the function in a container, one after the other; what the emulator answers.

    Raises:
        FunctionError: it does not answer.
    """
    patience_seconds = MAX_INIT_SECONDS + int(function.settings["TIMEOUT"])
    command = ("docker", "exec", "--interactive", name, "python3", "-c", POST)
    try:
        answered = subprocess.run(
            (*command, str(patience_seconds)),
            input="\n".join(map(json.dumps, events)),
            capture_output=True,
            text=True,
            timeout=patience_seconds * len(events) + 30,
        )
    except subprocess.TimeoutExpired as error:
        raise FunctionError(f"no answer within {patience_seconds} seconds") from error
    if answered.returncode:
        said = (answered.stderr or answered.stdout).strip()[-2000:]
        raise FunctionError(f"the function does not answer: {said or 'its log stands above'}")
    return [json.loads(line) for line in answered.stdout.splitlines()]


def _show_log(shown: str) -> None:
    note("The container's log:")
    for line in shown.splitlines()[-LOG_LINES:]:
        note(_readable(line))


def _readable(line: str) -> str:
    """A line of the log; behind one that has a traceback, the traceback in lines of its own."""
    try:
        return f"{line}\n{json.loads(line)['traceback']}"
    except (ValueError, KeyError, TypeError):
        return line
