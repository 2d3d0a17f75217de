"""The workflows do what docs/ci-cd.md says, with as few rights as that takes."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.ci.policies import TEMPLATE
from tests.pages import REPOSITORY, code_blocks, code_in, section, text_of
from tests.templates.translated import template

PAGE = "docs/ci-cd.md"
FOLDER = REPOSITORY / ".github" / "workflows"
TEXTS = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*"))}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
STAGES = {"deploy-dev": "dev", "deploy-prod": "prod"}
OURS = {"actions/checkout", "actions/setup-python", "aws-actions/configure-aws-credentials"}
ON = True  # what YAML reads of the key `on`
(GITLAB,) = [
    block for block in code_blocks(section(PAGE, "## GitLab")) if block.startswith(".deploy:")
]
GITLAB_JOBS: dict[str, dict[str, Any]] = yaml.safe_load(GITLAB)


def job_of(name: str) -> dict[str, Any]:
    """The one job of a workflow."""
    (job,) = WORKFLOWS[name]["jobs"].values()
    found: dict[str, Any] = job
    return found


def steps_of(name: str, key: str) -> list[str]:
    """What the steps of a workflow use, or run."""
    return [step[key] for step in job_of(name)["steps"] if key in step]


@pytest.mark.parametrize("name", TEXTS)
def test_every_action_is_githubs_or_awss_and_pinned_by_its_whole_hash(name: str) -> None:
    lines = re.findall(r"uses: (.*)", TEXTS[name])
    pinned = [re.fullmatch(r"([\w/-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines]
    assert lines and all(pinned)
    assert {found[1] for found in pinned if found} <= OURS


def test_an_action_has_the_same_version_everywhere() -> None:
    lines = {line for text in TEXTS.values() for line in re.findall(r"uses: (.*)", text)}
    assert sorted(line.partition("@")[0] for line in lines) == sorted(OURS)


@pytest.mark.parametrize("name", TEXTS)
def test_a_workflow_may_read_the_code_and_a_deploy_may_show_who_it_is(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    own = {"contents": "read", "id-token": "write"} if name in STAGES else None
    assert job_of(name).get("permissions") == own


@pytest.mark.parametrize(("name", "stage"), STAGES.items())
def test_a_deploy_is_of_one_stage_and_never_cut_short(name: str, stage: str) -> None:
    assert job_of(name)["environment"] == stage
    assert WORKFLOWS[name]["concurrency"] == {
        "group": f"deploy-{stage}",
        "cancel-in-progress": False,
    }
    assert f"-s {stage} " in steps_of(name, "run")[0]


def test_dev_follows_main_and_prod_waits_for_somebody() -> None:
    assert WORKFLOWS["deploy-dev"][ON] == {"push": {"branches": ["main"]}}
    assert WORKFLOWS["deploy-prod"][ON] == {"workflow_dispatch": None}
    assert WORKFLOWS["test"][ON] == {"pull_request": None}


def test_pull_requests_are_tested_by_the_repositorys_own_script() -> None:
    assert steps_of("test", "run") == ["bash scripts/test"]


@pytest.mark.parametrize("name", STAGES)
def test_the_page_shows_the_command_of_a_workflow_and_gitlab_runs_the_same(name: str) -> None:
    (command,) = steps_of(name, "run")
    assert command in GITLAB_JOBS[name]["script"]
    assert f"`{command.removeprefix('bash pipeline.sh ')}`" in text_of(PAGE)


@pytest.mark.parametrize("name", STAGES)
def test_the_flags_of_a_deploy_are_those_of_the_pipeline(name: str) -> None:
    usage = subprocess.check_output(["bash", "pipeline.sh", "-h"], cwd=REPOSITORY, text=True)
    flags = re.findall(r" (-\w)\b", steps_of(name, "run")[0])
    assert len(flags) >= 4
    assert {flag for flag in flags if f"  {flag} " not in usage} == set()


def test_every_variable_of_the_workflows_is_on_the_page_and_no_other() -> None:
    used = {name for text in TEXTS.values() for name in re.findall(r"vars\.(\w+)", text)}
    listed = set(re.findall(r"^ *\| `(\w+)` \|", section(PAGE, "## GitHub"), re.MULTILINE))
    assert used == listed | {"MODEL"}
    assert used <= {*code_in(section(PAGE, "## GitLab"))}


@pytest.mark.parametrize("name", STAGES)
def test_a_deploy_names_the_boundary_that_the_role_asks_for(name: str) -> None:
    (step,) = [step for step in job_of(name)["steps"] if "run" in step]
    assert set(step["env"]) == {"MODEL", "PERMISSIONS_BOUNDARY"}


def test_the_commands_of_the_page_fit_the_template() -> None:
    known, page = template(TEMPLATE), text_of(PAGE)
    parameters = {*re.findall(r"\b([A-Z]\w+)=", page)} - {"PERMISSIONS_BOUNDARY"}
    assert {"Project", "Stage", "Subject", "Issuer", "AllowDelete"} <= parameters
    assert parameters <= {*known["Parameters"]}
    outputs = re.findall(r"output `(\w+)`", page)
    assert set(outputs) == {*known["Outputs"]}


def test_gitlabs_token_is_for_the_audience_that_the_template_expects() -> None:
    token = GITLAB_JOBS[".deploy"]["id_tokens"]["AWS_TOKEN"]
    assert token == {"aud": template(TEMPLATE)["Parameters"]["Audience"]["Default"]}
