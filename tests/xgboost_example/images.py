"""Images of xgboost-example, built from one of its Dockerfiles, and what the tests ask of each."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import image_check
import stage
from example import read_example
from settings import settings

from tests.model_directory import REPOSITORY

# Answers the bodies of its input, one a line, through the handler.
ANSWER = """
import json, sys, app
for line in sys.stdin:
    print(json.dumps(app.handler(json.loads(line), None)))
"""


def run(*command: str, stdin: str = "") -> str:
    """What a command prints."""
    done = subprocess.run(command, input=stdin, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def build(directory: Path, dockerfile: str, contexts: Path, **arguments: str) -> str:
    """Build the image from a context of its own; the answer is its name."""
    context = stage.stage(directory, dockerfile, build=contexts)
    name = f"xgboost-example-test:{uuid.uuid4().hex[:12]}"
    options = [f"--build-arg={key}={value}" for key, value in arguments.items()]
    run(
        "docker", "build", "-q", "-t", name, "-f", str(context / dockerfile), *options, str(context)
    )
    return name


def remove(image: str) -> None:
    """Take an image's name away, and the image with its last name."""
    run("docker", "image", "rm", image)


def run_in(image: str, *command: str, stdin: str = "") -> str:
    """What a command prints in a container of the image."""
    program, *arguments = command
    options = ("--rm", "-i", "--entrypoint", program)
    return run("docker", "run", *options, image, *arguments, stdin=stdin)


def files_of(image: str) -> list[Path]:
    """What the image has in the virtual environment and the task's folder."""
    return [*map(Path, run_in(image, "find", "/opt", "/var/task").split())]


def size_mb(image: str) -> float:
    """Unpacked, in MB."""
    return int(run("docker", "image", "inspect", "-f", "{{.Size}}", image)) / 1e6


def check_example(image: str, memory_mib: str) -> None:
    """Fail unless the image answers the example under Lambda's restrictions."""
    example = read_example(REPOSITORY / "xgboost-example/example.json")
    rie = run(sys.executable, str(REPOSITORY / "tools/rie.py"))
    values = settings({}, {**os.environ, "MEMORY_SIZE": memory_mib})
    image_check.check_image(image, example, Path(rie), values)


def prices(image: str, rows: list[list[float]]) -> tuple[list[float], list[float]]:
    """What the image's handler answers to the rows together, and to each alone."""
    bodies = [json.dumps({"input_X": input_x}) for input_x in (rows, *rows)]
    lines = run_in(image, "python", "-c", ANSWER, stdin="\n".join(bodies)).splitlines()
    answers: list[dict[str, Any]] = [*map(json.loads, lines)]
    together, *alone = [answer for answer in answers if "message" in answer]  # not the log's lines
    return together["predictions"], [answer["prediction"] for answer in alone]


def leave_trees_out(engine: Path) -> None:
    """Change XGBoost's engine in an image's files to predict without the last trees."""
    text, right = engine.read_text(), "return text % rounds\n"
    assert text.count(right) == 1
    engine.write_text(text.replace(right, "return text % (rounds - 30)\n"))


def without_bytecode(files: list[Path]) -> set[tuple[Path, str]]:
    """Folders and names of the modules that the image would compile when it starts."""
    compiled = {(path.parent.parent, path.name.split(".")[0]) for path in files}
    return {(path.parent, path.stem) for path in files if path.suffix == ".py"} - compiled
