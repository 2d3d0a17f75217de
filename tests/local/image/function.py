"""A Lambda function: the runtime API's loop, and answers that tell about the container.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import base64
import json
import os
import time
import urllib.request
from pathlib import Path
from typing import Any

RUNTIME = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
Event = dict[str, Any]


def says(event: Event) -> Event:
    """What the image was built with, and what was asked."""
    return _json({"says": os.environ["SAYS"], "asked": event.get("body")})


def binary(event: Event) -> Event:
    """The bytes that came, in reverse."""
    came = event.get("body") or ""
    body = base64.b64decode(came) if event.get("isBase64Encoded") else came.encode()
    reverse = base64.b64encode(body[::-1]).decode()
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/octet-stream"},
        "isBase64Encoded": True,
        "body": reverse,
    }


def sandbox(event: Event) -> Event:
    """The limits of the container that this runs in."""
    refused = []
    for folder in ("/var/task", "/opt", "/dev/shm", "/tmp"):
        try:
            Path(folder, "probe").write_text("")
        except OSError:
            refused.append(folder)
    tmp = os.statvfs("/tmp")
    return _json(
        {
            "refused": refused,
            "user": os.getuid(),
            "tmp_mib": tmp.f_blocks * tmp.f_frsize // 2**20,
            "release": os.environ.get("RELEASE"),
        }
    )


def fails(event: Event) -> Event:
    """An exception that nobody catches."""
    raise RuntimeError("a secret of the function")


def sleeps(event: Event) -> Event:
    """An answer that comes too late."""
    time.sleep(float(event["queryStringParameters"]["seconds"]))
    return _json({"slept": True})


def large(event: Event) -> Event:
    """An answer of so many bytes."""
    return _json("x" * int(event["queryStringParameters"]["bytes"]))


PATHS = {"binary": binary, "sandbox": sandbox, "fails": fails, "sleeps": sleeps, "large": large}


def main() -> None:
    """Answer one invocation after the other."""
    while True:
        with urllib.request.urlopen(f"{RUNTIME}/next") as answer:
            event, identifier = json.load(answer), answer.headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            handler = PATHS.get(event.get("path", "").strip("/"), says)
            _post(identifier, "response", handler(event))
        except Exception as error:
            kind = type(error).__name__
            _post(identifier, "error", {"errorType": kind, "errorMessage": str(error)})


def _json(content: Any) -> Event:
    return {"statusCode": 200, "body": json.dumps(content)}


def _post(identifier: str, kind: str, content: Event) -> None:
    print(f"answered {identifier}: {kind}", flush=True)
    body = json.dumps(content).encode()
    urllib.request.urlopen(f"{RUNTIME}/{identifier}/{kind}", body).close()


main()
