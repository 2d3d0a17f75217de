"""Runs an app as Lambda does, in the model's own virtual environment: events in, replies out.

    python child.py REPLIES HANDLER

Standard input has a line of JSON for each event, `{"event": …, "id": …, "deadline_ms": …}`; the
file descriptor REPLIES gets a line for each, and a first one when the app is loaded. Nothing of the
pipeline is imported, and a process whose parent is gone ends.
"""

from __future__ import annotations

import os
import sys

# In place of this file's folder: the task's, which is the current one.
sys.path[0] = os.getcwd()

import json  # noqa: E402  # found by the path above
import queue  # noqa: E402
import signal  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable  # noqa: E402
from importlib import import_module  # noqa: E402
from time import perf_counter  # noqa: E402
from typing import Any, TextIO  # noqa: E402

Handler = Callable[[Any, Any], Any]


def main(replies: int, handler_name: str) -> None:
    """Load the app, then answer events until standard input ends."""
    os.set_inheritable(replies, False)
    asked: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read, args=(_events(), asked), daemon=True).start()
    with os.fdopen(replies, "w", encoding="utf-8") as out:
        started = perf_counter()
        try:
            handler = _load(handler_name)
        except BaseException as error:
            _write(out, {"traceback": _traceback(error)})
            raise SystemExit(1) from None
        _write(out, {"took_ms": _since(started)})
        while True:
            _write(out, _reply(handler, asked.get()))


def _events() -> TextIO:
    """Give standard input, which the app and what it starts find empty."""
    events = os.fdopen(os.dup(0), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return events


def _read(events: TextIO, asked: queue.Queue[dict[str, Any]]) -> None:
    """Take events; at the end of them, end this process and all that it has started."""
    for line in events:
        asked.put(json.loads(line))
    os.killpg(0, signal.SIGKILL)


def _load(name: str) -> Handler:
    import_module("awslambdaric.lambda_runtime_marshaller")  # else the first answer waits for it
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(import_module(module), function)
    return handler


def _reply(handler: Handler, asked: dict[str, Any]) -> dict[str, Any]:
    # The runtime client's own, as it calls a handler on Lambda.
    from awslambdaric.lambda_context import LambdaContext
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

    context = LambdaContext(asked["id"], None, None, asked["deadline_ms"])
    started = perf_counter()
    try:
        content, _ = LambdaMarshaller().marshal_response(handler(asked["event"], context))
    except BaseException as error:
        return {"traceback": _traceback(error), "took_ms": _since(started)}
    return {"content": content, "took_ms": _since(started)}


def _traceback(error: BaseException) -> str:
    """Give a traceback without the frames of this file and of importing."""
    told = traceback.TracebackException.from_exception(error)
    frames = [
        one for one in told.stack if one.filename != __file__ and "importlib" not in one.filename
    ]
    told.stack = traceback.StackSummary.from_list(frames)
    return "".join(told.format())


def _since(started: float) -> float:
    return 1000 * (perf_counter() - started)


def _write(out: Any, reply: dict[str, Any]) -> None:
    sys.stdout.flush()
    out.write(json.dumps(reply) + "\n")
    out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
