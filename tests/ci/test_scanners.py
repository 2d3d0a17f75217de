"""What scanners find in the templates and the workflows: nothing that has no reason beside it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.environments import python_of
from tests.model_directory import REPOSITORY
from tests.pages import code_blocks, section

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
TEMPLATES = ["registry.yaml", "template.yaml", "ci/deploy-role.yaml"]
CHECKOV = ("--framework", "cloudformation", "--skip-download", "--output", "json", "-f")


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a scanner at the root of the repository; none of them asks the network for anything."""
    path = python_of("ci/scanners.txt").parent / program
    command = [str(path), *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


def checkov(path: str | Path) -> dict[str, list[str]]:
    """The rules that a template breaks, and those that it skips."""
    results = json.loads(run("checkov", *CHECKOV, path).stdout)["results"]
    assert len(results["passed_checks"]) >= 10 and results["parsing_errors"] == []
    return {
        kind: sorted(one["check_id"] for one in results[f"{kind}_checks"])
        for kind in ("failed", "skipped")
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_checkov_finds_nothing_in_a_template_and_every_skip_is_of_use(name: str) -> None:
    found = checkov(name)
    text = (REPOSITORY / name).read_text()
    assert found["failed"] == []
    assert len(found["skipped"]) == text.count("- id: CKV_")


def test_checkov_finds_what_is_wrong_in_a_template(tmp_path: Path) -> None:
    text = (REPOSITORY / "registry.yaml").read_text()
    worse = tmp_path / "registry.yaml"
    worse.write_text(text.replace("ScanOnPush: true", "ScanOnPush: false"))
    assert checkov(worse)["failed"] == ["CKV_AWS_163"]


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    """What zizmor says of workflows, by all of its rules that need no network."""
    return run("zizmor", "--offline", "--no-progress", "--persona", "auditor", *paths)


def test_zizmor_finds_nothing_in_a_workflow() -> None:
    assert len(WORKFLOWS) == 3
    ran = zizmor(*WORKFLOWS)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"$MODEL"', '"${{ github.head_ref }}"'),
        ("persist-credentials: false", "persist-credentials: true"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
        ("contents: read", "contents: write"),
    ],
)
def test_zizmor_finds_what_is_wrong_in_a_workflow(tmp_path: Path, good: str, bad: str) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    text = WORKFLOWS[0].read_text()
    assert good in text
    (folder / "deploy.yml").write_text(text.replace(good, bad))
    assert zizmor(folder / "deploy.yml").returncode != 0


def test_the_workflows_are_as_github_reads_them(tmp_path: Path) -> None:
    schema = ("--builtin-schema", "vendor.github-workflows")
    assert run("check-jsonschema", *schema, *WORKFLOWS).returncode == 0
    wrong = tmp_path / "deploy.yml"
    wrong.write_text(WORKFLOWS[0].read_text().replace("timeout-minutes: 60", "timeout: 60"))
    assert run("check-jsonschema", *schema, wrong).returncode == 1


def test_the_file_for_gitlab_is_as_gitlab_reads_it(tmp_path: Path) -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    (text,) = [one for one in code_blocks(section("docs/ci-cd.md", "## GitLab")) if "tags:" in one]
    for name, content, is_right in (("right", text, True), ("wrong", f"{text}\njob: 5\n", False)):
        file = tmp_path / f"{name}.yml"
        file.write_text(content)
        assert (run("check-jsonschema", *schema, file).returncode == 0) is is_right
