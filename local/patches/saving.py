"""Saving: what was done outlives the control plane, however it ends."""

import asyncio
import os
from typing import Any

from ministack import app
from ministack.core.persistence import save_all
from ministack.services import cloudformation

from local.state import State

SAVE_AFTER_SECONDS = 0.3
# The calls of deployed functions change nothing but logs and metrics: these are saved at the end.
CALLS = ("/_user_request_", "/_aws/lambda-url/", "/invocations")
# What a deployment is made of; the sixty other services, and logs, are saved at the end.
SAVED = (
    "apigateway",
    "apigateway_v1",
    "cloudformation",
    "cloudwatch",
    "ecr",
    "iam",
    "lambda",
    "s3",
)


def save_after_writes(state: State) -> None:
    """AWS forgets nothing; ministack saves when it ends, and nothing when it is killed.

    So the state is saved a moment after the last of a row of requests that may have changed it.
    """
    original = app.app
    scheduled: list[asyncio.TimerHandle] = []

    async def saving(scope: Any, receive: Any, send: Any) -> None:
        if not state.settings.exists():  # the folder was deleted: nothing of it must come back
            os._exit(1)
        await original(scope, receive, send)
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            return
        if any(call in scope["path"] for call in CALLS):
            return
        while scheduled:
            scheduled.pop().cancel()
        scheduled.append(asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, save))

    def save() -> None:
        if not state.settings.exists():
            return
        if _is_busy():  # half a stack is worth nothing: the state before it is kept meanwhile
            scheduled.append(asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, save))
            return
        services = app._build_persistence_save_dict()
        save_all({name: services[name] for name in SAVED if name in services})

    app.app = saving


def _is_busy() -> bool:
    """Whether CloudFormation is in the middle of something."""
    statuses = [stack["StackStatus"] for stack in cloudformation._stacks._data.values()]
    return any(s.endswith("_IN_PROGRESS") and s != "REVIEW_IN_PROGRESS" for s in statuses)
