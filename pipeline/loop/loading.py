"""From a model directory, or a model's file, to a process that answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.commands import note
from pipeline.errors import LoopError
from pipeline.given.adoption import adopt_unasked
from pipeline.image.function import function_of
from pipeline.loop.environment import Needs, environment, find_python
from pipeline.loop.process import Process
from pipeline.loop.recipe import Install, Recipe, read_recipe
from pipeline.loop.task import make_task
from pipeline.model.directory import Model, read_model
from pipeline.model.dockerfile import read_dockerfile
from pipeline.model.golden import FILE, Golden
from pipeline.model.names import project_name
from pipeline.options import Options
from pipeline.places import ROOT
from pipeline.target import DOCKERFILE, check_directory

NO_GOLDEN = Golden(None, None)
RELEASE = "try"
REQUIREMENTS = "app/requirements.txt"


class Loaded(NamedTuple):
    """An app that answers.

    Attributes:
        process: that runs it.
        model: what it was made from.
        golden: the request that it must answer, where there is one.
        took_ms: to import it.
    """

    process: Process
    model: Model
    golden: Golden | None
    took_ms: float


def load(options: Options, folder: Path) -> Loaded:
    """Start the app of what the user named.

    Args:
        options: what the step was told.
        folder: of this run, whose content is replaced.

    Raises:
        PipelineError: something in the model cannot be used here, or the app cannot be imported.
    """
    directory = adopt_unasked(options.model_directory, os.environ, folder / "given")
    model = _read(directory, options.dockerfile or DOCKERFILE)
    recipe = _recipe(model)
    context = model.make_context(folder / "context")
    python = _python(model, recipe, context)
    task = folder / "task"
    make_task(context, recipe.copies, task)
    name = project_name(options.model_directory)
    environ = _environ(model, recipe, name, python, task)
    tell = _teller(task, directory)
    for module in recipe.unfollowed:
        note(f"the image's build runs {module}, which is left out here: what it makes is missing")
    _read_model_file(recipe, python, task, environ)
    process = Process((python, recipe.handler), task, environ, tell)
    golden = None if model.golden is NO_GOLDEN else model.golden
    return Loaded(process, model, golden, _import_ms(process, model, tell))


def watched(options: Options) -> list[Path]:
    """List what the app is made from, files and folders."""
    path = options.model_directory
    given = (
        [path, *path.parent.glob("*columns.json"), *path.parent.glob("*model.env")]
        if path.is_file()
        else [path]
    )
    return [*given, *(ROOT / name for name in ("serving", "engines", "apps"))]


def _read(directory: Path, dockerfile: str) -> Model:
    check_directory(directory, dockerfile)
    golden = None if (directory / FILE).exists() else NO_GOLDEN
    return read_model(directory, dockerfile, os.environ, golden)


def _recipe(model: Model) -> Recipe:
    try:
        text = read_dockerfile(model.directory, model.dockerfile)
        return read_recipe(text, model.arguments)
    except ValueError as error:
        raise LoopError(f"{model.dockerfile} cannot be read: {error}") from error


def _python(model: Model, recipe: Recipe, context: Path) -> Path:
    """Give the Python of the environment with what the image's pip would install."""
    installs = recipe.installs or [Install(REQUIREMENTS, True)]
    files = [context / file for file, _ in installs]
    for file in files:
        if not file.is_file():
            raise LoopError(f"there is no {file.relative_to(context)}, which pip would install")
    needs = Needs(files, [dependencies for _, dependencies in installs])
    return environment(needs, find_python(model.settings["RUNTIME_VERSION"]))


def _environ(model: Model, recipe: Recipe, name: str, python: Path, task: Path) -> dict[str, str]:
    """Give the variables of the image, of Lambda and of the template, and no other of this user."""
    home = task.parent / "home"
    home.mkdir(exist_ok=True)
    return {
        **recipe.variables,
        **{"PATH": f"{python.parent}:{os.environ.get('PATH', os.defpath)}", "LANG": "C.UTF-8"},
        **{"HOME": str(home), "TMPDIR": str(home), "TZ": ":UTC", "PYTHONUNBUFFERED": "1"},
        **function_of(model, name, "").environment(),
        "LAMBDA_TASK_ROOT": str(task),
        "MODEL_RELEASE": RELEASE,
        "AWS_LAMBDA_FUNCTION_NAME": f"{name}-{RELEASE}",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    }


def _read_model_file(recipe: Recipe, python: Path, task: Path, environ: Mapping[str, str]) -> None:
    """Do what the image's build does to read a model's file, such as writing its card."""
    for step in recipe.steps:
        command = [str(python), "-m", *step]
        ran = subprocess.run(
            command,
            cwd=task,
            env={**environ, "PYTHONPATH": str(task)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            raise LoopError((ran.stderr or ran.stdout).strip() or f"{step[0]} failed")


def _teller(task: Path, directory: Path) -> Callable[[str], None]:
    """Make what shows the app's lines, with the user's own files for those of its folder."""
    inside = re.compile(re.escape(str(task)) + r"/([^\"\s]+)")

    def own(found: re.Match[str]) -> str:
        path, shared = directory / "app" / found[1], ROOT / found[1]
        return str(shared if shared.exists() and not path.exists() else path)

    def tell(line: str) -> None:
        if shown := _without_log(line):
            note(inside.sub(own, shown))

    return tell


def _without_log(line: str) -> str:
    """Give a line, of one of serving's log the traceback alone: the loop has a line of its own."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not (isinstance(fields, dict) and {"request_id", "total_ms"} <= fields.keys()):
        return line
    return str(fields.get("traceback") or "").rstrip()


def _import_ms(process: Process, model: Model, tell: Callable[[str], None]) -> float:
    try:
        reply = process.loaded(float(model.settings["TIMEOUT"]))
        if reply.traceback:
            tell(reply.traceback.rstrip())
            raise LoopError("the app cannot be imported; the traceback stands above")
    except BaseException:
        process.end()
        raise
    return reply.took_ms
