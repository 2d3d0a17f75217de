"""What docs/ says to type by hand, typed."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.model import Model
from tests.local.instance import Instance, free_ports
from tests.pages import REPOSITORY, code_blocks, code_in, rows, section

pytestmark = pytest.mark.docker
BY_HAND = "docs/by-hand.md"
TIMEOUT_SECONDS = 300
NewModel = Callable[..., Model]


def typed(script: str, environ: dict[str, str], folder: Path = REPOSITORY) -> str:
    """What lines print that are typed into a shell which stops at the first that fails."""
    ran = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_an_image_answers_under_the_emulator_as_the_page_says(base_image: str) -> None:
    text = section(BY_HAND, "## An image, without AWS")
    (block,) = code_blocks(text)
    build, *others = block.splitlines()
    assert [line.split()[0] for line in (build, *others)] == ["docker", "docker", "curl", "docker"]
    build += f" --build-arg BASE_IMAGE={base_image}"
    script = "\n".join((build, *others)).replace("my-model", "docs-by-hand")
    printed = typed(script.replace("9000", str(*free_ports(1))), dict(os.environ))
    promised = re.search(r"The answer is `(.+?)`", text)
    answer = re.search(r'\{"waiting_minutes".+?\}', printed)
    assert promised and answer and json.loads(answer[0]) == json.loads(promised[1])


def test_the_steps_deploy_a_model_whose_function_answers_and_delete_it(
    instance: Instance, new_model: NewModel
) -> None:
    model = new_model("by-hand")
    script = "".join(code_blocks(section(BY_HAND, "## The steps")))
    script = script.replace("./base-example", f'"{model.directory}"')
    printed = typed(script.replace("base-example-dev", "by-hand-dev"), instance.settings)
    assert printed.startswith(f"{instance.endpoint}/")
    assert len(re.findall(r'\{"waiting_minutes": ?72\.10096\}', printed)) == 2
    assert model.status("by-hand-registry-dev") == model.status(model.function_stack) == "NONE"


def test_each_aws_command_for_what_only_aws_shows_is_one_that_the_cli_knows(
    instance: Instance,
) -> None:
    table = section("docs/tested.md", "## What only AWS shows")
    commands = [code for cells in rows(table) for code in code_in(cells[1]) if code[:4] == "aws "]
    assert len(commands) > 5
    for command in commands:  # it checks the words, and calls nothing
        typed(f"{command} --generate-cli-skeleton input", instance.environment())
