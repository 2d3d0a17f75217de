"""The containers of Lambda functions in the local AWS."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.processes import poll
from tests.local.function_stack import FunctionStack, call, says
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
CLIENTS = 8


def inspect(instance: Instance, function: FunctionStack) -> Any:
    """What Docker knows of the container that answered."""
    (container,) = function.containers()
    return json.loads(instance.docker("inspect", container))[0]


@contextmanager
def clients(url: str, count: int) -> Iterator[Counter[str]]:
    """Clients that ask all the time; the answers, counted: a wrong one counts as itself."""
    answers: Counter[str] = Counter()
    finished = threading.Event()

    def ask(client: int) -> None:
        number = 0
        while not finished.is_set():
            number += 1
            question = f"{client}-{number}"
            status, body = call(url, question.encode())
            answer = json.loads(body)
            is_right = status == 200 and answer["asked"] == question
            answers[answer["says"] if is_right else body.decode()] += 1

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        finished.set()
        for thread in threads:
            thread.join()


def test_limits_are_those_of_lambda(instance: Instance, function: FunctionStack) -> None:
    _, body = call(function.url() + "/sandbox")
    told = json.loads(body)
    assert told["refused"] == ["/var/task", "/opt", "/dev/shm"]
    assert told["user"] == 993
    assert told["tmp_mib"] == 600
    host = inspect(instance, function)["HostConfig"]
    assert host["Memory"] == host["MemorySwap"] == 512 * 2**20
    assert host["NanoCpus"] == int(min(512 / 1769, os.cpu_count() or 1) * 1e9)
    assert host["SecurityOpt"] == ["no-new-privileges"] and host["CapDrop"] == ["ALL"]


def test_a_function_listens_on_loopback_only(instance: Instance, function: FunctionStack) -> None:
    says(function.url())
    ports = inspect(instance, function)["NetworkSettings"]["Ports"]
    assert {binding["HostIp"] for bindings in ports.values() for binding in bindings} == {
        "127.0.0.1"
    }


def test_one_version_each_has_its_own_environment(
    instance: Instance, function: FunctionStack
) -> None:
    update = ("lambda", "update-function-configuration", "--function-name", function.name)
    instance.aws(*update, "--environment", "Variables={RELEASE=newest}")
    assert json.loads(call(function.url() + "/sandbox")[1])["release"] == "none"
    answer = f"{instance.folder}/answer.json"
    event = ("--payload", '{"path": "/sandbox"}')
    instance.aws("lambda", "invoke", "--function-name", function.name, *event, answer)
    with open(answer) as file:
        assert json.loads(json.load(file)["body"])["release"] == "newest"


def test_graceful_retirement_lets_a_request_finish(
    instance: Instance, function: FunctionStack, pushed: dict[str, str]
) -> None:
    here = ("--stack-name", function.name, "--change-set-name", "second")
    body = ("--template-body", f"file://{function.template}", "--capabilities", "CAPABILITY_IAM")
    values = {"Name": function.name, "ImageUri": pushed["second"]}
    pairs = [f"ParameterKey={key},ParameterValue={value}" for key, value in values.items()]
    instance.aws("cloudformation", "create-change-set", *here, *body, "--parameters", *pairs)
    url = function.url()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(call, url + "/sleeps?seconds=8")
        assert poll(lambda: len(function.containers()) == 1, patience_seconds=6)
        instance.aws("cloudformation", "execute-change-set", *here)
        assert poll(lambda: says(url) == "second", patience_seconds=6)
        assert not answer.done()
        assert answer.result()[0] == 200


def test_eight_clients_are_answered_right_while_a_new_image_is_deployed(
    function: FunctionStack, pushed: dict[str, str]
) -> None:
    with clients(function.url(), CLIENTS) as answers:
        assert poll(lambda: answers["first"] > 50, patience_seconds=30)
        function.deploy(pushed["second"])
        assert poll(lambda: answers["second"] > 50, patience_seconds=30)
    assert set(answers) == {"first", "second"}


def test_an_update_leaves_no_container_of_the_version_before(
    function: FunctionStack, pushed: dict[str, str]
) -> None:
    assert says(function.url()) == "first"
    before = function.containers()
    function.deploy(pushed["second"])
    assert says(function.url()) == "second"
    assert len(before) == len(function.containers()) == 1
    assert before != function.containers()


def test_an_image_that_docker_has_not_is_pulled_with_the_password(
    base_image: str, instance: Instance, pushed: dict[str, str]
) -> None:
    own = f"{instance.registry}/probe:pulled"
    arguments = ("--build-arg", f"BASE_IMAGE={base_image}", "--build-arg", "SAYS=pulled")
    folder = Path(__file__).parent / "image"
    instance.docker("build", "--quiet", *arguments, "--tag", own, str(folder))
    instance.docker("push", "--quiet", own)
    digest = instance.docker("inspect", "--format", "{{index .RepoDigests 0}}", own)
    instance.docker("rmi", "--force", own, digest)
    stack = FunctionStack(instance, "pulled")
    stack.deploy(digest)
    assert says(stack.url()) == "pulled"
    stack.delete()


def test_deleted_functions_leave_no_container(instance: Instance, pushed: dict[str, str]) -> None:
    stack = FunctionStack(instance, "deleted")
    stack.deploy(pushed["first"])
    assert says(stack.url()) == "first"
    assert len(stack.containers()) == 1
    stack.delete()
    assert poll(lambda: stack.containers() == [], patience_seconds=10)
