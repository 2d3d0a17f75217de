"""README is short, and says what is true."""

import json
import re
import subprocess
import sys

from pipeline.model.golden import read_golden
from tests.pages import DOCS, LINK, README, REPOSITORY, code_blocks, prose, section, text_of

MAX_PROSE_WORDS = 950
EXAMPLE = REPOSITORY / "xgboost-example"
# Answers each line of standard input, an event of a direct call, with a line.
CALLER = """
import json, sys
exec(compile(sys.argv[1], "app.py", "exec"))
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), None)), file=sys.stderr)
"""


def test_it_has_at_most_950_words_outside_code_and_tables() -> None:
    words = [word for word in prose(README).split() if re.search(r"\w", word)]
    assert len(words) <= MAX_PROSE_WORDS


def test_every_folder_that_it_lists_is_there_and_every_one_there_is_listed() -> None:
    (block,) = code_blocks(section(README, "## What is where"))
    listed = set(re.findall(r"^([\w.-]+)/ ", block, re.MULTILINE))
    there = {path.name for path in REPOSITORY.iterdir() if path.is_dir() and path.name[0] != "."}
    assert listed == there
    files = re.findall(r"^([\w.-]+\.\w+) ", block, re.MULTILINE)
    assert files and all((REPOSITORY / name).is_file() for name in files)


def test_every_page_of_docs_is_linked() -> None:
    assert {path for path, _ in LINK.findall(text_of(README))} >= {*DOCS}


def shown_answer() -> str:
    """The answer in the output of the first command."""
    answer = re.search(r'^    (\{"message":.+\})$', section(README, "## Try it"), re.MULTILINE)
    assert answer
    return answer[1]


def test_the_output_that_it_shows_is_the_golden_request_and_answer() -> None:
    golden = read_golden(EXAMPLE / "example.json")
    request = re.search(r"-d '(.+?)' http", section(README, "## Try it"))
    assert request and json.loads(request[1]) == golden.request
    golden.check(200, shown_answer())


def call_handler(*requests: object) -> list[dict[str, object]]:
    """What the app that README shows answers, run from its lines with xgboost-example's model."""
    (app,) = code_blocks(section(README, "## What you write"))
    app = app.replace("/var/task/", f"{EXAMPLE / 'app'}/")
    ran = subprocess.run(
        [sys.executable, "-c", CALLER, app],
        input="".join(f"{json.dumps(request)}\n" for request in requests),
        env={"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_the_handler_that_it_shows_predicts_and_refuses_as_it_says() -> None:
    request = read_golden(EXAMPLE / "example.json").request
    answered, refused = call_handler(request, {"input_X": [1.0] * 12})
    assert answered == {"prediction": json.loads(shown_answer())["prediction"]}
    assert refused["status"] == 400
    assert f"`{refused['message']}`" in section(README, "## What you write")


def test_the_handler_that_it_shows_has_twelve_lines_of_code() -> None:
    (app,) = code_blocks(section(README, "## What you write"))
    assert len([line for line in app.splitlines() if line]) == 12
