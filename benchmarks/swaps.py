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
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "releases.md"
ROUNDS = 5
BEGIN, END = "<!-- swaps: benchmarks/swaps.py writes them -->\n", "<!-- end of swaps -->"
PUSHED = re.compile(r"^[0-9a-f]{12}: Pushed$", re.MULTILINE)


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "swap-benchmark"
        shutil.copytree(ROOT / "base-example", model)
        run(model, "-r", "-p", "-d")
        took: dict[str, list[float]] = {"-p -d": [], "-m FILE -d": []}
        uploads = {"-p -d": 0, "-m FILE -d": 1}
        for number in range(ROUNDS):
            change(model, 30.0 + 2 * number)
            seconds, said = run(model, "-p", "-d")
            took["-p -d"].append(seconds)
            uploads["-p -d"] = len(PUSHED.findall(said))
            change(model, 31.0 + 2 * number)
            seconds, _ = run(model, "-m", str(model / "app" / "line.json"), "-d")
            took["-m FILE -d"].append(seconds)
        run(model, "-x", "-y")
    write({name: (median(times), uploads[name]) for name, times in took.items()})


def run(model: Path, *flags: str) -> tuple[float, str]:
    """Run the pipeline on the local AWS; the seconds that it took, and what it said."""
    command = ["bash", str(ROOT / "pipeline.sh"), "-l", "-s", "dev", *flags, str(model)]
    started = time.monotonic()
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.monotonic() - started, ran.stderr


def change(model: Path, intercept: float) -> None:
    """Give the model another line, and the golden request its answer."""
    file, example = model / "app" / "line.json", model / "example.json"
    line, golden = json.loads(file.read_text()), json.loads(example.read_text())
    line["intercept"] = intercept
    minutes = golden["request"]["eruption_minutes"]
    golden["answer"]["waiting_minutes"] = intercept + line["slope"] * minutes
    file.write_text(json.dumps(line))
    example.write_text(json.dumps(golden))


def write(found: dict[str, tuple[float, int]]) -> None:
    """Put the table into the page, in place of the one that is there."""
    rows = [f"| `{name}` | {took:.1f} | {layers} |" for name, (took, layers) in found.items()]
    head = ["| | seconds until it is live | layers uploaded |", "|---|---:|---:|"]
    before, _, rest = PAGE.read_text().partition(BEGIN)
    behind = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + "\n" + "\n".join([*head, *rows]) + "\n\n" + END + behind)


if __name__ == "__main__":
    main()
