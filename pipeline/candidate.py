"""A new version, asked before the alias moves: the golden request, and those in `requests/`.

What has an answer beside it is compared with that, all else with what the live version says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.cloud.invoke import Callee
from pipeline.cloud.record import Record
from pipeline.commands import note, say
from pipeline.errors import AwsError, CandidateError, FunctionError, GoldenError
from pipeline.model.golden import Golden

AT_ONCE = 4
SHOWN = 20
ANSWERS_MAY_DIFFER = "ANSWERS_MAY_DIFFER"


def check_candidate(record: Record, function: str, version: str, scratch: Path) -> None:
    """Ask a version all requests of its release, and compare its answers.

    Args:
        record: of the release that the version runs.
        function: its name; its alias `live` still runs another version.
        version: the number.
        scratch: a folder of this run.

    Raises:
        CandidateError: an answer is wrong, or another one than that of the live version.
    """
    count = len(record.requests)
    say(f"Candidate: version {version} must give the golden answer, and {count} others rightly")
    path = record.settings["API_PATH"]
    new = Callee(function, version, path, scratch)
    live = new._replace(qualifier="live")
    wrong = list(_differences([("the golden request", record.golden)], new, live))
    if not wrong:
        named = [(f"requests/{name}", golden) for name, golden in record.requests.items()]
        wrong = list(_differences(named, new, live))
    for line in wrong[:SHOWN]:
        note(line)
    if wrong:
        _refuse(wrong, version, record.release)
    note(f"Version {version} gives {count + 1} right answers.")


def _refuse(wrong: Sequence[str], version: str, release: str) -> None:
    only_others = all("the live version" in line for line in wrong)
    if only_others and os.environ.get(ANSWERS_MAY_DIFFER) == "yes":
        note(f"{ANSWERS_MAY_DIFFER}=yes: the answers above are other ones than until now")
        return
    way_out = (
        f" If the new answers are right, allow them: export {ANSWERS_MAY_DIFFER}=yes"
        if only_others
        else " Mend the model, and push it again with -p"
    )
    raise CandidateError(
        f"version {version} of release {release} answers {len(wrong)} requests otherwise than it"
        f" must; the first stand above. The alias did not move, and nobody has asked it.{way_out}"
    )


def _differences(
    requests: Sequence[tuple[str, Golden]], new: Callee, live: Callee
) -> Iterator[str]:
    """Say what is wrong with each answer, a line each."""

    def difference(named: tuple[str, Golden]) -> str:
        name, golden = named
        try:
            status, body = new.post(golden.request)
            expected, by = _expected(golden, live)
        except (AwsError, FunctionError) as error:
            return f"{name}: {error}"
        try:
            expected.check(status, body)
        except GoldenError as error:
            return f"{name}, beside {by}: {error}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from filter(None, threads.map(difference, requests))


def _expected(golden: Golden, live: Callee) -> tuple[Golden, str]:
    """Find the answer that a request must get, and say where it comes from."""
    if golden.answer is not None:
        return golden, "its answer"
    status, body = live.post(golden.request)
    if status != 200:
        raise FunctionError(f"the live version answers with status {status}: {body[:500]}")
    return golden._replace(answer=json.loads(body)), "the live version"
