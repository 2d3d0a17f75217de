"""Clients that generators make of an OpenAPI document, and what a model answers them."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.environments import python_of
from tests.model_directory import REPOSITORY

SOURCES = Path(__file__).with_name("typescript")
PACKAGES = ("package.json", "package-lock.json")
MODULES = REPOSITORY / ".build" / "typescript"
BYTES = "application/octet-stream"
CALL = """
import json, sys
from client import Client
from client.api.prediction import predict
from client.models import Request
request = Request.from_dict(json.loads(sys.argv[2]))
answer = predict.sync(client=Client(base_url=sys.argv[1]), body=request)
print(json.dumps(answer.to_dict()))
"""


def run(command: list[str], folder: Path, **environ: str) -> str:
    """What a command prints, which must succeed."""
    given = {**os.environ, **environ}
    ran = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def python_answer(document: Any, base_url: str, request: Any, folder: Path) -> Any:
    """What a client in Python is answered; openapi-python-client must take all of the document.

    Args:
        document: of the model at /predict.
        base_url: below which the paths are.
        request: to predict from.
        folder: where the client may lie.
    """
    python = python_of("serving/clients.txt")
    (folder / "openapi.json").write_text(json.dumps(document))
    program = str(python.with_name("openapi-python-client"))
    # It knows nothing of text/csv, and writes it as a file.
    (folder / "known.json").write_text(json.dumps({"content_type_overrides": {"text/csv": BYTES}}))
    options = ["--path", "openapi.json", "--meta", "none", "--output-path", "client"]
    options += ["--config", "known.json"]
    path = f"{python.parent}:{os.environ['PATH']}"
    run([program, "generate", "--fail-on-warning", *options], folder, PATH=path)
    return json.loads(run([str(python), "-c", CALL, base_url, json.dumps(request)], folder))


def typescript_answer(document: Any, base_url: str, request: Any, folder: Path) -> Any:
    """What a client in TypeScript is answered, whose types TypeScript has checked."""
    bin_folder = python_of("serving/clients.txt").parent
    environ = {"PATH": f"{bin_folder}:{os.environ['PATH']}"}
    _install(environ)
    (folder / "node_modules").symlink_to(MODULES / "node_modules")
    for name in ("package.json", "client.ts"):
        shutil.copy(SOURCES / name, folder)
    (folder / "openapi.json").write_text(json.dumps(document))
    run(
        ["npx", "openapi-typescript", "openapi.json", "--output", "document.d.ts"],
        folder,
        **environ,
    )
    options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"]
    run(["npx", "tsc", *options, "client.ts"], folder, **environ)
    return json.loads(run(["node", "client.ts", base_url, json.dumps(request)], folder, **environ))


def _install(environ: dict[str, str]) -> None:
    """Install the packages of the lock, once."""
    lock = MODULES / PACKAGES[1]
    if lock.exists() and lock.read_bytes() == (SOURCES / PACKAGES[1]).read_bytes():
        return
    shutil.rmtree(MODULES, ignore_errors=True)
    draft = MODULES.with_name("typescript.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in PACKAGES:
        shutil.copy(SOURCES / name, draft)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], draft, **environ)
    draft.rename(MODULES)
