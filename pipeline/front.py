"""What a user reads once a release is live: where it answers, who may call, what that costs."""

from __future__ import annotations

from pathlib import Path

from pipeline.cloud.callers import curl_options
from pipeline.cloud.record import Record
from pipeline.cloud.stacks import Stack
from pipeline.commands import note, say
from pipeline.curl import curl
from pipeline.memory.cost import dollars_a_day, dollars_per_million
from pipeline.target import Target

SHARE_MS = 10
CALLERS = {
    "none": "Anyone may call it: AUTH in model.env closes it.",
    "key": "Callers need the API key: {key}",
    "iam": "Callers sign with AWS credentials that may call it.",
    "jwt": "Callers need a token of its issuer.",
}


def show_api(target: Target, stack: Stack, record: Record) -> None:
    """Say where and how a release can be asked, and print its URL."""
    url, key_command = target.api_url(stack.outputs), target.options.command("-k")
    say(f"Live: release {record.release} of {stack.outputs['FunctionName']}. Try it:")
    directory = target.options.named_directory or Path("MODEL_DIRECTORY")
    note(curl(record.golden, url, directory, curl_options(stack, key_command)))
    note(CALLERS[stack.outputs.get("Auth", "none")].format(key=key_command))
    note(f"{_page(stack)}{_costs(stack, record)}")
    print(url)


def _page(stack: Stack) -> str:
    """Say that there is a page, where a browser without credentials gets it."""
    is_open = stack.outputs.get("Page", "open") == "open" and stack.outputs.get("Door") != "url"
    if is_open or stack.outputs.get("Auth", "none") == "none":
        return "A browser gets a page there. "
    return ""


def _costs(stack: Stack, record: Record) -> str:
    """Say what requests cost on AWS; how long one computes, only measuring tells."""
    memory_mb, architecture = int(record.settings["MEMORY_SIZE"]), record.settings["ARCHITECTURE"]
    door = stack.outputs.get("Door", "rest")
    calls = dollars_per_million(0, memory_mb, architecture, door)
    more = dollars_per_million(SHARE_MS, memory_mb, architecture, door) - calls
    said = (
        f"On AWS a million requests cost ${calls:.2f}, and ${more:.2f} more for each {SHARE_MS} ms"
        f" that one computes with {memory_mb:,} MB."
    )
    most = stack.outputs.get("ReservedConcurrency", "none")
    if most == "none":
        return said
    dollars = dollars_a_day(int(most), memory_mb, architecture)
    return f"{said} {most} at once are the most: a day of attack computes for ${dollars:,.0f}."
