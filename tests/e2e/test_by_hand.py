"""What the README says to type by hand, typed."""

import json
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker
REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text()


def test_an_image_answers_under_the_emulator_as_the_readme_says(base_image: str) -> None:
    text = README.split("### Testing an image by hand\n")[1].split("\n### ")[0]
    commands = re.findall(r"^    (.+)$", text, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["docker", "docker", "curl", "docker"]
    commands[0] += f" --build-arg BASE_IMAGE={base_image}"
    script = "\n".join(command.replace("my-model", "readme-by-hand") for command in commands)
    ran = subprocess.run(
        ["bash", "-euc", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    answer = next(line for line in ran.stdout.splitlines() if line.startswith("{"))
    promised = re.search(r"The answer is `(.+?)`", text)
    assert promised and json.loads(answer.split("}")[0] + "}") == json.loads(promised[1])
