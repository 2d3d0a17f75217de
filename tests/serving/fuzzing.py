"""schemathesis: requests made from an OpenAPI document and against it, and what it finds."""

import os
import re
import subprocess
from pathlib import Path

from tests.environments import python_of

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def findings(url: str, folder: Path, *excluded: str, examples: int = 30) -> str:
    """Fuzz the API of a model at a URL; what is wrong with its answers, empty if nothing is.

    Each answer is compared with the document: its status, its content type, its schema. None may
    be 5xx. What breaks the document must be refused, and what it allows must not be.

    Args:
        url: the model's, at the path /predict.
        folder: where schemathesis may write.
        excluded: its checks that are left out.
        examples: requests made for each operation, beside those on the edges of each rule.
    """
    program = python_of("serving/clients.txt").parent / "st"
    options = ["--max-examples", str(examples), "--seed", "1", "--no-color", "--warnings", "off"]
    # It takes the document's relative server for one below the root of the host.
    options += ["--url", url.removesuffix("/predict")]
    options += ["--exclude-checks", ",".join(excluded)] if excluded else []
    command = [str(program), "--config-file", str(CONFIGURATION), "run", f"{url}/openapi.json"]
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    ran = subprocess.run(
        [*command, *options], cwd=folder, env=environ, capture_output=True, text=True
    )
    said = ran.stdout + ran.stderr
    if ran.returncode:
        return said
    assert (tested := re.search(r"Tested: (\d+)", said)) and int(tested[1]) > 1, said
    assert (made := re.search(r"(\d+) generated", said)) and int(made[1]) > examples, said
    return ""
