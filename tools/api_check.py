"""Sends a release's example to its deployed API, prints the answer and the time, and checks it.

python3 tools/api_check.py URL record.json
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from example import ExampleError, parse_example
from release import ReleaseError, read_record

TIMEOUT_SECONDS = 60
SETTLING_SECONDS = 30


def post(url: str, request: object) -> tuple[int, str]:
    """POSTs a JSON value; returns the status and the body of the answer, whatever the status.

    Raises:
        OSError: no connection, or no answer in time.
    """
    headers = {"Content-Type": "application/json"}
    message = urllib.request.Request(url, json.dumps(request).encode(), headers)
    try:
        with urllib.request.urlopen(message, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def post_when_settled(url: str, request: object) -> tuple[int, str]:
    """As `post`, but waits for a new API: until it is everywhere, API Gateway answers 403."""
    deadline = time.monotonic() + SETTLING_SECONDS
    status, body = post(url, request)
    while status == 403 and time.monotonic() < deadline:
        print("status 403, the API may not be everywhere yet: trying again", file=sys.stderr)
        time.sleep(2)
        status, body = post(url, request)
    return status, body


def main(arguments: list[str]) -> int:
    """Tries an API; 1 and the difference where its answer is not the expected one."""
    url, record = arguments[0], Path(arguments[1])
    try:
        example = parse_example(read_record(record)["example"])
        started = time.monotonic()
        status, body = post_when_settled(url, example.request)
        took_ms = (time.monotonic() - started) * 1000
        print(body[:2000])
        print(f"status {status}, {took_ms:,.0f} ms", file=sys.stderr)
        example.check(status, body)
    except (ExampleError, ReleaseError, OSError) as error:
        sys.exit(f"api_check: {url}: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
