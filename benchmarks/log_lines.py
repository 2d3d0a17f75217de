"""What METRICS and DRIFT add to a request: microseconds of the whole call, and bytes of its line.

    .venv/bin/python -m benchmarks.log_lines

An app of a row of 20 numbers and a category, called with 1 row and with 100, in new processes.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
ROUNDS, CALLS = 5, 300
WAYS: dict[str, dict[str, str]] = {
    "neither": {},
    "`METRICS=on`": {"METRICS": "on"},
    "`DRIFT=on`": {"DRIFT": "on"},
}
PROGRAM = f"""
import io, json, sys, time
from typing import Annotated
import msgspec
from msgspec import Meta
from serving import api
City = Annotated[str, Meta(extra_json_schema={{"enum": ["Oslo", "Rome"]}})]
fields = [(f"column_{{n}}", float | None) for n in range(20)] + [("city", City)]
Row = msgspec.defstruct("Row", fields)
Request = msgspec.defstruct("Request", [("rows", list[Row])])
class Answer(msgspec.Struct):
    predictions: list[float]
def predict(request):
    return Answer([1.5] * len(request.rows))
predict.__annotations__ = {{"request": Request, "return": Answer}}
handler = api(predict)
row = {{f"column_{{n}}": 1.7 ** n for n in range(20)}} | {{"city": "Rome"}}
event = {{"rows": [row] * int(sys.argv[1])}}
out, sys.stdout = sys.stdout, io.StringIO()
handler(event, None)
sys.stdout.truncate(0)
sys.stdout.seek(0)
started = time.perf_counter()
for _ in range({CALLS}):
    handler(event, None)
took = time.perf_counter() - started
size = len(sys.stdout.getvalue().encode())
print(json.dumps([1e6 * took / {CALLS}, size / {CALLS}]), file=out)
"""


def main() -> None:
    """Print a table."""
    print("| | rows | microseconds more | bytes of the line |\n|---|---:|---:|---:|")
    for rows in (1, 100):
        found: dict[str, list[list[float]]] = {name: [] for name in WAYS}
        for _ in range(ROUNDS):
            for name, variables in WAYS.items():
                found[name].append(call(rows, variables))
        without = median(took for took, _ in found["neither"])
        for name, some in found.items():
            more = median(took for took, _ in some) - without
            print(f"| {name} | {rows} | {more:.0f} | {median(size for _, size in some):.0f} |")


def call(rows: int, variables: dict[str, str]) -> list[float]:
    """Microseconds of a call, and bytes of its line."""
    command = [sys.executable, "-c", PROGRAM, str(rows)]
    environ = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    took, size = map(float, ran.stdout.strip("[]\n").split(","))
    return [took, size]


if __name__ == "__main__":
    main()
