"""What `-m` saves beside `-p`: seconds until a new file of the model is live, in turns.

    local/aws start && .venv/bin/python -m benchmarks.swaps

Needs Docker. Takes a copy of base-example to the local AWS, gives it another line each time, and
writes the medians into docs/releases.md.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "releases.md"
ROUNDS = 5
BEGIN, END = "<!-- swaps: benchmarks/swaps.py writes them -->\n", "<!-- end of swaps -->"
PUSHED = re.compile(r"^[0-9a-f]{12}: Pushed$", re.MULTILINE)
PATH = 'os.path.join(os.path.dirname(__file__), "line.json")'
FILE = "app/line.json"


class Way(NamedTuple):
    """How a new file goes live: the pipeline's flags, and a setting."""

    name: str
    flags: tuple[str, ...]
    setting: str = ""


class Took(NamedTuple):
    """What one way took.

    Attributes:
        live_seconds: until it is live.
        first_seconds: of the first request.
        layers: that were uploaded.
    """

    live_seconds: float
    first_seconds: float
    layers: int


WAYS = (
    Way("`-p -d`", ("-p", "-d")),
    Way("`-m FILE -d`", ("-m", FILE, "-d")),
    Way("`SWAP=s3`, `-m FILE -d`", ("-m", FILE, "-d"), "SWAP=s3"),
)


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "swap-benchmark"
        shutil.copytree(ROOT / "base-example", model)
        load_by_model_file(model)
        run(model, Way("", ("-r", "-p", "-d")))
        took: dict[str, list[Took]] = {way.name: [] for way in WAYS}
        for number in range(ROUNDS * len(WAYS)):
            change(model, 30.0 + number)
            way = WAYS[number % len(WAYS)]
            took[way.name].append(run(model, way))
        run(model, Way("", ("-x", "-y")))
    write(took)


def load_by_model_file(model: Path) -> None:
    """Let the app take its model from MODEL_URI, too."""
    app = model / "app" / "model.py"
    text = app.read_text().replace("import os\n", "import os\n\nfrom serving import model_file\n")
    app.write_text(text.replace(PATH, f"model_file.model_file({PATH})"))


def run(model: Path, way: Way) -> Took:
    """Run the pipeline on the local AWS, and send the first request to what is live then."""
    flags = [str(model / flag) if flag == FILE else flag for flag in way.flags]
    program = ["bash", str(ROOT / "pipeline.sh"), "-l", "-s", "dev", *flags, str(model)]
    command = ["env", "ALLOW_DIRTY=yes", *([way.setting] if way.setting else []), *program]
    started = time.monotonic()
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    live_seconds = time.monotonic() - started
    if "-d" not in flags:
        return Took(live_seconds, 0.0, 0)
    started = time.monotonic()
    ask(model, ran.stdout.splitlines()[0])
    layers = 0 if way.setting else 1 if "-m" in flags else len(PUSHED.findall(ran.stderr))
    return Took(live_seconds, time.monotonic() - started, layers)


def ask(model: Path, url: str) -> None:
    """Send the golden request."""
    golden = json.loads((model / "example.json").read_text())
    body, headers = json.dumps(golden["request"]).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
        minutes = json.load(answer)["waiting_minutes"]
    if abs(minutes - golden["answer"]["waiting_minutes"]) > golden["tolerance"]:
        raise SystemExit(f"{url} answers {minutes}: it does not run the new file")


def change(model: Path, intercept: float) -> None:
    """Give the model another line, and the golden request its answer."""
    file, example = model / "app" / "line.json", model / "example.json"
    line, golden = json.loads(file.read_text()), json.loads(example.read_text())
    line["intercept"] = intercept
    minutes = golden["request"]["eruption_minutes"]
    golden["answer"]["waiting_minutes"] = intercept + line["slope"] * minutes
    file.write_text(json.dumps(line))
    example.write_text(json.dumps(golden))


def write(found: dict[str, list[Took]]) -> None:
    """Put the table into the page, in place of the one that is there."""
    head = ["| | seconds until it is live | layers uploaded | first request, s |"]
    rows = [*head, "|---|---:|---:|---:|"]
    for name, took in found.items():
        live = median(one.live_seconds for one in took)
        first = median(one.first_seconds for one in took)
        rows.append(f"| {name} | {live:.1f} | {took[0].layers} | {first:.2f} |")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    behind = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(rows) + "\n\n" + END + behind)


if __name__ == "__main__":
    main()
