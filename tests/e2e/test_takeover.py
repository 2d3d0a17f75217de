"""How a new version takes over on the local AWS, where a minute of a shift is a second."""

import json
import os
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import pytest

from tests.e2e.clients import Clients
from tests.e2e.model import Model

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ERUPTION = {"eruption_minutes": 3.6}
BUSY = {"THROTTLING_RATE": "5000", "THROTTLING_BURST": "5000"}
SHORT, LONG = 2.0, 5.0
DEPLOYS = int(os.environ.get("DEPLOYS", "6"))  # a hundred take ten minutes
# What one handler does to one request each: all that must never reach a client.
FAULTS = {
    "raises": "raise RuntimeError('broken')",
    "answers wrongly": "return Answer(1.0)",
    "answers another schema": "return {'minutes': 1.0}",
    "answers no number": "return Answer(float('nan'))",
    "answers a text": "return Answer('long')",
    "refuses": "raise BadRequest('not today')",
    "dies": "os._exit(1)",
    "is slow": "time.sleep(30)",
    "takes all memory": "return Answer(float(len(b'x' * 4_000_000_000)))",
    "answers too much": "return Answer('x' * 7_000_000)",
}


def live_digest(model: Model) -> str:
    words = ("lambda", "get-function", "--function-name", f"{model.name}-dev")
    uri: str = model.aws(*words, "--qualifier", "live")["Code"]["ResolvedImageUri"]
    return uri.partition("@")[2]


def edit(model: Model, body: str) -> None:
    """Put lines before the handler's own, and what they need before the module's."""
    app = model.directory / "app" / "app.py"
    imports = "import os\nimport time\n"
    text = app.read_text().replace("from typing", f"{imports}from typing", 1)
    text = text.replace("from serving import api", "from serving import BadRequest, api")
    app.write_text(text.replace("    return Answer(predict", f"{body}    return Answer(predict"))


def ask_also(model: Model, **requests: Any) -> None:
    """Write further requests into the model directory."""
    (model.directory / "requests").mkdir(exist_ok=True)
    for name, request in requests.items():
        (model.directory / "requests" / f"{name}.json").write_text(json.dumps(request))


def test_requests_go_over_in_shares_and_come_back_where_the_new_version_fails(
    new_model: NewModel,
) -> None:
    model = new_model("shifted model")
    model.deploy("-r", "-p", "-d", **BUSY)
    first = model.post({"eruption_minutes": LONG})
    model.change(40.0)
    model.deploy("-p")
    with Clients(model.api_url, {"eruption_minutes": LONG}) as clients:
        said = model.deploy("-d", "-t", DEPLOYMENT="canary10-5m", **BUSY)
    second = model.post({"eruption_minutes": LONG})
    assert second != first and clients.statuses() == {200}
    answers = [one.answer for one in clients.asked]
    assert all(answer in (first, second) for answer in answers)
    took_over = len(answers) - 1 - answers[::-1].index(first)  # the last of the first version
    new = answers[answers.index(second) : took_over].count(second)
    assert 0.02 < new / (took_over - answers.index(second)) < 0.3  # a tenth
    assert "Candidate: version" in said and "Take over" in said

    good = live_digest(model)
    edit(model, f"    if request.eruption_minutes == {LONG}:\n        raise RuntimeError('late')\n")
    model.deploy("-p")
    with Clients(model.api_url, {"eruption_minutes": LONG}) as clients:
        ran = model.pipeline("-d", DEPLOYMENT="canary10-5m", **BUSY)
    assert ran.returncode == 1 and "CodeDeploy: The deployment was stopped" in ran.stderr
    assert live_digest(model) == good and model.post({"eruption_minutes": LONG}) == second
    failed = sum(one.status == 500 for one in clients.asked)
    assert clients.statuses() == {200, 500} and failed < len(clients.asked) / 10
    assert model.outputs(model.function_stack)["FunctionVersion"] == "2"

    model.deploy("-d", "-i", "previous", "-t")
    assert model.post({"eruption_minutes": LONG}) == first


def test_a_version_with_a_fault_of_any_kind_never_gets_the_alias(new_model: NewModel) -> None:
    model = new_model("faulty model")
    model.deploy("-r", "-p", "-d", **BUSY)
    good, right = live_digest(model), model.post(ERUPTION)
    minutes = {name: 1.5 + number / 10 for number, name in enumerate(FAULTS)}
    lines = "".join(
        f"    if request.eruption_minutes == {minutes[name]}:\n        {line}\n"
        for name, line in FAULTS.items()
    )
    edit(model, lines)
    requests = {
        name.replace(" ", "_"): {"request": {"eruption_minutes": minutes[name]}, "tolerance": 0.01}
        for name in FAULTS
    }
    ask_also(model, **requests)
    with Clients(model.api_url, {"eruption_minutes": minutes["answers wrongly"]}) as clients:
        ran = model.pipeline("-p", "-d", DEPLOYMENT="checked", TIMEOUT="3", **BUSY)
    assert ran.returncode == 1 and "nobody has asked it" in ran.stderr
    for name in requests:
        assert f"\nrequests/{name}.json" in ran.stderr, ran.stderr
    assert live_digest(model) == good and model.post(ERUPTION) == right
    assert clients.statuses() == {200}
    assert len({json.dumps(one.answer) for one in clients.asked}) == 1


def test_answers_that_are_new_are_shown_and_must_be_allowed(new_model: NewModel) -> None:
    model = new_model("new answers")
    ask_also(model, short={"request": {"eruption_minutes": SHORT}})
    model.deploy("-r", "-p", "-d", DEPLOYMENT="checked")
    before = model.post({"eruption_minutes": SHORT})
    model.change(40.0)
    ran = model.pipeline("-p", "-d", DEPLOYMENT="checked")
    assert ran.returncode == 1 and "requests/short.json, beside the live version" in ran.stderr
    assert model.post({"eruption_minutes": SHORT}) == before
    listed = model.pipeline("-i").stdout.splitlines()
    assert [line.split("\t")[1] for line in listed] == ["", "dev"]
    model.deploy("-d", "-t", DEPLOYMENT="checked", ANSWERS_MAY_DIFFER="yes")
    assert model.post({"eruption_minutes": SHORT}) != before


def test_of_two_deploys_at_once_one_wins_and_the_other_says_so(new_model: NewModel) -> None:
    model = new_model("raced model")
    model.deploy("-r", "-p", "-d", **BUSY)
    before = live_digest(model)
    for intercept in (40.0, 50.0):
        model.change(intercept)
        model.deploy("-p")
    releases = model.releases()[-2:]
    with Clients(model.api_url, ERUPTION) as clients:
        runs = [model.start("-d", "-i", one, str(model.directory), **BUSY) for one in releases]
        said = [run.communicate(timeout=300)[1] for run in runs]
    assert clients.statuses() == {200}
    assert model.state().function == "_COMPLETE" and live_digest(model) != before
    lost = [number for number, run in enumerate(runs) if run.returncode != 0]
    assert len(lost) < 2, said
    for number in lost:
        assert "another run deployed the stack" in said[number]
        model.deploy("-d", "-i", releases[number], **BUSY)
        listed = [line.split("\t") for line in model.pipeline("-i").stdout.splitlines()]
        assert [name for name, stages, *_ in listed if stages == "dev"] == [releases[number]]


def test_a_shift_that_is_killed_in_any_step_is_ended_by_the_same_command(
    new_model: NewModel,
) -> None:
    model = new_model("killed shift")
    model.deploy("-r", "-p", "-d", **BUSY)
    before = live_digest(model)
    model.change(40.0)
    model.deploy("-p")
    environ = {"DEPLOYMENT": "canary10-5m", **BUSY}
    with Clients(model.api_url, ERUPTION) as clients:
        for words in ("+ aws cloudformation deploy", "+ aws lambda invoke", "== Take over"):
            model.kill_at(words, "-d", **environ)
        assert live_digest(model) == before
        model.kill_at("waiting for the stack killed-shift", "-d", **environ)
        model.deploy("-d", "-t", **environ)
    assert live_digest(model) != before and clients.statuses() == {200}
    assert model.state().function == "_COMPLETE"
    listing = ("lambda", "list-versions-by-function", "--function-name", f"{model.name}-dev")
    assert len(model.aws(*listing)["Versions"]) == 3  # $LATEST and two


def test_releases_in_turns_answer_all_the_time(new_model: NewModel) -> None:
    model = new_model("turning model")
    model.deploy("-r", "-p", "-d", **BUSY)
    first = model.post(ERUPTION)
    model.change(40.0)
    model.deploy("-p", "-d", **BUSY)
    second = model.post(ERUPTION)
    with Clients(model.api_url, ERUPTION) as quiet:
        model.pipeline("-i")
    with Clients(model.api_url, ERUPTION) as clients:
        for _ in range(DEPLOYS):
            model.deploy("-d", "-i", "previous", **BUSY)
    assert clients.statuses() == {200}
    assert all(one.answer in (first, second) for one in clients.asked)
    p99, quiet_p99 = (
        quantiles((one.took_seconds for one in some.asked), n=100)[-1] for some in (clients, quiet)
    )
    print(f"{DEPLOYS} deploys, {len(clients.asked)} answers: p99 {p99:.3f} s, {quiet_p99:.3f} s")
