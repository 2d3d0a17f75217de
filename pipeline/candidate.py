"""A new version, asked before the alias moves: the golden request, `requests/`, recorded ones.

What has an answer beside it is compared with that, all else with what the live version says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from pipeline.cloud.invoke import Callee
from pipeline.cloud.record import Record
from pipeline.commands import note, say
from pipeline.errors import AwsError, CandidateError, FunctionError, GoldenError
from pipeline.image.function import request_event
from pipeline.model.golden import Golden

AT_ONCE = 4
SHOWN = 20
ANSWERS_MAY_DIFFER = "ANSWERS_MAY_DIFFER"
Events = Mapping[str, Mapping[str, Any]]


class Request(NamedTuple):
    """What a version is asked, and what it must answer.

    Attributes:
        name: by which a difference is told.
        event: as a door would send it.
        golden: the answer, None where the live version's counts, and the slack of its numbers.
        may_be_stale: whether it does not count where the live version refuses it.
    """

    name: str
    event: Mapping[str, Any]
    golden: Golden
    may_be_stale: bool = False


def check_candidate(record: Record, recorded: Events, new: Callee) -> None:
    """Ask a version all requests of its release, and compare its answers.

    Args:
        record: of the release that the version runs.
        recorded: requests that clients sent, by name.
        new: the version; the function's alias `live` still runs another.

    Raises:
        CandidateError: an answer is wrong, or another one than that of the live version.
    """
    others = [*_written(record), *_recorded(record, recorded)]
    say(
        f"Candidate: version {new.qualifier} must give the golden answer, and {len(others)} others"
        " rightly"
    )
    path, live = record.settings["API_PATH"], new._replace(qualifier="live")
    first = Request("the golden request", request_event(path, record.golden.request), record.golden)
    wrong = list(_differences([first], new, live)) or list(_differences(others, new, live))
    for line in wrong[:SHOWN]:
        note(line)
    if wrong:
        _refuse(wrong, new.qualifier, record.release)
    note(f"Version {new.qualifier} gives {len(others) + 1} right answers.")


def _written(record: Record) -> Iterator[Request]:
    for name, golden in record.requests.items():
        event = request_event(record.settings["API_PATH"], golden.request)
        yield Request(f"requests/{name}", event, golden)


def _recorded(record: Record, events: Events) -> Iterator[Request]:
    for name, event in events.items():
        golden = Golden(None, None, record.golden.tolerance)
        yield Request(f"recorded/{name}", event, golden, may_be_stale=True)


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


def _differences(requests: Sequence[Request], new: Callee, live: Callee) -> Iterator[str]:
    """Say what is wrong with each answer, a line each."""

    def difference(request: Request) -> str:
        try:
            return _difference(request, new, live)
        except (AwsError, FunctionError) as error:
            return f"{request.name}: {error}"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from filter(None, threads.map(difference, requests))


def _difference(request: Request, new: Callee, live: Callee) -> str:
    expected, by = request.golden, "its answer"
    if expected.answer is None:
        status, body = live.send(request.event)
        if status != 200 and request.may_be_stale:
            note(f"{request.name} is not asked: the live version refuses it now")
            return ""
        if status != 200:
            raise FunctionError(f"the live version answers with status {status}: {body[:500]}")
        expected, by = expected._replace(answer=json.loads(body)), "the live version"
    try:
        expected.check(*new.send(request.event))
    except GoldenError as error:
        return f"{request.name}, beside {by}: {error}"
    return ""
