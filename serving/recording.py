"""Answered requests, kept in a bucket for comparing a later release; imported where RECORD is set.

Each of RECORD's places in the bucket holds the last request that fell on it. A request in ten
seconds is kept, and none that starts an environment: it waits for the bucket before its answer.
"""

import sys
from base64 import b64encode
from os import environ
from time import gmtime, monotonic, strftime

import msgspec

from serving.events import Call

EVERY_SECONDS, TIMEOUT_SECONDS = 10.0, 2.0
CHECK = "check"  # the stage in the pipeline's own requests


class Recorded(msgspec.Struct):
    """A request to the model's own path, as it was sent.

    Attributes:
        content_type: of the body; empty without one.
        query: the parameters in the URL, decoded.
        body: in base64.
    """

    content_type: str
    query: dict[str, str]
    body: str


_next_at = monotonic() + EVERY_SECONDS  # of this execution environment


def keep(call: Call, call_id: str) -> None:
    """Keep a request that was answered, if it is time; what fails is a line of the log.

    It goes to `RECORD_TO=s3://bucket/folder`, in one of `RECORD` places.
    """
    global _next_at
    context = call.event.get("requestContext", {})
    if monotonic() < _next_at or context.get("stage") == CHECK:
        return
    _next_at = monotonic() + EVERY_SECONDS
    try:
        _put(call, call_id)
    except Exception as error:
        _warn(call_id, f"the request was not recorded: {error}")


def _put(call: Call, call_id: str) -> None:
    from serving.objects import put

    place = int(call_id.replace("-", "")[-8:], 16) % int(environ["RECORD"])
    body = b64encode(call.body()).decode()
    content = msgspec.json.encode(Recorded(call.header("content-type"), call.query(), body))
    put(f"{environ['RECORD_TO']}/{place:02}.json", content, TIMEOUT_SECONDS)


def _warn(call_id: str, message: str) -> None:
    time = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())
    line = {"timestamp": time, "level": "WARN", "request_id": call_id, "message": message}
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
