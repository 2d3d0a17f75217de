"""Runs inside a container of a model's image, with the image's own packages alone.

A rehearsal of SnapStart: the app is loaded once, as before a snapshot; then copies of the process
go on from there, as after restores, and each tells what it finds. Prints a JSON object.

    {"answers": [[200, "…"], …], "same": ["random", …], "sockets": [3, …]}
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import uuid
from typing import Any

COPIES = 3
BEFORE = "before_snapshot"


def main(handler_name: str, event: Any) -> None:
    """Load a handler, let copies answer an event, and print what is alike in all of them."""
    module, _, name = handler_name.rpartition(".")
    sys.path.insert(0, os.environ.get("LAMBDA_TASK_ROOT", os.getcwd()))
    handler = getattr(importlib.import_module(module), name)
    warm_up()
    hooks(BEFORE)
    sockets = open_sockets()
    told = [copy(handler, event) for _ in range(COPIES)]
    drawn = [one["drawn"] for one in told]
    same = [what for what in drawn[0] if len({one[what] for one in drawn}) == 1]
    answers = [one["answer"] for one in told]
    print(json.dumps({"answers": answers, "same": same, "sockets": sockets}))


def warm_up() -> None:
    """Use what has a state once the app has imported it, so that copies could share it."""
    draw()


def copy(handler: Any, event: Any) -> Any:
    """Go on in a copy of this process; what it tells."""
    state = random.getstate()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        random.setstate(state)  # Python seeds it anew in a copied process, but not after a restore
        hooks("after_restore")
        answer = handler(event, None)
        told = {"drawn": draw(), "answer": [answer["statusCode"], answer["body"]]}
        with os.fdopen(writing, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text)


def draw() -> dict[str, str]:
    """Draw from each source of chance; of numpy and torch only where the app has them."""
    drawn = {"random": str(random.random()), "uuid": str(uuid.uuid4())}
    drawn["os.urandom"] = os.urandom(8).hex()
    if "ssl" in sys.modules:
        drawn["ssl"] = sys.modules["ssl"].RAND_bytes(8).hex()
    if "numpy" in sys.modules and "numpy.random" in sys.modules:
        drawn["numpy.random"] = str(sys.modules["numpy.random"].random())
    if "torch" in sys.modules:
        drawn["torch"] = str(sys.modules["torch"].rand(1).item())
    return drawn


def open_sockets() -> list[str]:
    """The files of this process that are sockets: after a restore they lead nowhere."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if target.startswith("socket:"):
            found.append(target)
    return found


def hooks(kind: str) -> None:
    """Run what the app has registered with `snapshot_restore_py`, as Lambda's runtime client does.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
    """
    try:
        registered = importlib.import_module("snapshot_restore_py")
    except ImportError:
        return
    found = list(getattr(registered, f"get_{kind}")())
    # Before a snapshot the last that was registered comes first.
    for function, arguments, named in reversed(found) if kind == BEFORE else found:
        function(*arguments, **named)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
