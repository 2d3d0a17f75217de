"""docs/troubleshooting.md quotes messages as the code has them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
ROOMS = ("pipeline", "serving", "engines", "apps", "local", "machine", "base-example")
# The first cell of a row, where it quotes a message, perhaps behind a status.
QUOTED = re.findall(r"^\| (?:\d{3} )?`([^`]+)` \|", PAGE, flags=re.MULTILINE)
# API Gateway's own: https://repost.aws/knowledge-center/api-gateway-authentication-token-errors
FOREIGN = ('{"message":"Missing Authentication Token"}',)


def texts(path: Path) -> Iterator[str]:
    """What a file can print: the literals of Python, the whole of anything else."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.fixture(scope="module")
def printed() -> str:
    listed = subprocess.check_output(
        ["git", "ls-files", *ROOMS, "pipeline.sh"], cwd=ROOT, text=True
    )
    files = [ROOT / name for name in listed.splitlines()]
    code = [file for file in files if file.suffix in (".py", "", ".sh")]
    return "\n".join(text for file in sorted(code) for text in texts(file))


def test_messages_are_found() -> None:
    assert len(QUOTED) > 30


@pytest.mark.parametrize("message", [one for one in QUOTED if one not in FOREIGN])
def test_a_message_is_one_that_the_code_has(message: str, printed: str) -> None:
    parts = [part.strip() for part in message.split("…")]
    pattern = r"[^\n]*".join(map(re.escape, parts))
    as_json = message.replace('{"message":"', "").removesuffix('"}')
    assert re.search(pattern, printed) or as_json in printed
