"""Clients that ask a deployed model all the time."""

import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple, Self

JSON = {"Content-Type": "application/json"}


class Asked(NamedTuple):
    """An answer: its status, its JSON, and the seconds that it took."""

    status: int
    answer: Any
    took_seconds: float


class Clients:
    """Threads that send one request again and again while the block runs."""

    def __init__(self, url: str, request: Any, count: int = 2) -> None:
        self.asked: list[Asked] = []
        self._message = (url, json.dumps(request).encode())
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def statuses(self) -> set[int]:
        """The statuses of all answers; 0 for a connection that broke."""
        return {one.status for one in self.asked}

    def _ask(self) -> None:
        url, body = self._message
        while not self._done.is_set():
            started = time.monotonic()
            try:
                with urllib.request.urlopen(urllib.request.Request(url, body, JSON)) as answer:
                    status, said = answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                status, said = error.code, json.loads(error.read())
            except OSError as error:
                status, said = 0, str(error)
            self.asked.append(Asked(status, said, time.monotonic() - started))
            time.sleep(0.005)
