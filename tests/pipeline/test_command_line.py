"""The command line of the steps, each as a process of its own."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.command_line import STEPS
from tests.commands import REPOSITORY


def run(*arguments: str, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-S", str(REPOSITORY / "pipeline"), *arguments]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(program, cwd=cwd, env=environ, capture_output=True, text=True)


def test_every_step_is_in_the_help() -> None:
    helped = run("-h").stdout
    assert all(f"\n  {step} " in helped for step in STEPS)


@pytest.mark.parametrize("step", ["registry", "push", "deploy", "ask", "delete"])
def test_a_step_that_needs_a_stage_says_so(step: str) -> None:
    ran = run(step, "base-example")
    assert ran.returncode == 2 and f"{step} needs --stage" in ran.stderr


def test_a_stage_is_not_promoted_to_itself() -> None:
    ran = run("deploy", "--stage", "dev", "--release", "dev", "base-example")
    assert ran.returncode == 1 and "dev cannot be promoted to itself: leave -i out" in ran.stderr


def test_a_release_of_another_form_is_refused_in_one_line() -> None:
    ran = run("deploy", "--stage", "dev", "--release", "latest", "base-example")
    assert ran.returncode == 1
    assert ran.stderr.startswith("pipeline: -i takes a release, as in 2026")


def test_an_error_is_one_line_and_ends_with_1(tmp_path: Path) -> None:
    ran = run("context", str(tmp_path / "nowhere"))
    assert ran.returncode == 1
    assert ran.stderr == f"pipeline: there is no directory {tmp_path / 'nowhere'}\n"


def test_an_error_that_names_a_file_has_no_control_characters(tmp_path: Path) -> None:
    ran = run("context", str(tmp_path / "no\x1b[2Jwhere"))
    assert ran.stderr == f"pipeline: there is no directory {tmp_path}/no\\x1b[2Jwhere\n"


def test_the_request_of_a_model_is_printed_as_json() -> None:
    assert run("request", "base-example").stdout == '{"eruption_minutes": 3.6}\n'


def test_modules_of_the_current_folder_are_not_taken_for_the_pipelines(tmp_path: Path) -> None:
    for name in ("pipeline", "json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise OSError('not this')\n")
    ran = run("request", str(REPOSITORY / "base-example"), cwd=tmp_path)
    assert ran.stdout == '{"eruption_minutes": 3.6}\n', ran.stderr


@pytest.mark.parametrize("file", sorted((REPOSITORY / "pipeline").rglob("*.py")), ids=str)
def test_the_pipeline_is_written_for_python_3_9(file: Path) -> None:
    ast.parse(file.read_text(), feature_version=(3, 9))


def test_a_step_imports_the_standard_library_and_the_pipeline_alone() -> None:
    steps = ", ".join(f"pipeline.{module}" for module, _ in STEPS.values())
    show = f"import sys, {steps}; print(*{{name.split('.')[0] for name in sys.modules}})"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", show], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert set(ran.stdout.split()) - sys.stdlib_module_names == {"__main__", "pipeline"}
