"""What boto3 would add to a cold start, beside `serving.objects`: seconds of import, and megabytes.

    .venv/bin/python -m benchmarks.importing

Each is imported in new processes, in turns, beside `serving`, which an app has already, and
makes what asks S3: a client, or a connection. The rest of a request is the network's.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
ROUNDS = 11
BOTO3 = "boto3==1.44.8"
WAYS = {
    "boto3": "import serving, boto3; boto3.client('s3', region_name='eu-west-1')",
    "serving.objects": (
        "from serving.objects import connect, place; connect(place('s3://models/model.ubj'), 1)"
    ),
    "neither": "import serving",
}


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory() as folder:
        install = (sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, BOTO3)
        subprocess.run(install, check=True)
        times: dict[str, list[float]] = {name: [] for name in WAYS}
        for _ in range(ROUNDS):
            for name, program in WAYS.items():
                times[name].append(seconds(program, folder))
        size_bytes = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    without = median(times["neither"])
    print("| | ms more | MB in the image |\n|---|---:|---:|")
    print(f"| {BOTO3} | {1000 * (median(times['boto3']) - without):.0f} | {size_bytes / 1e6:.0f} |")
    own = 1000 * (median(times["serving.objects"]) - without)
    print(f"| `serving.objects` | {own:.0f} | 0 |")


def seconds(program: str, folder: str) -> float:
    """How long a new process takes, with packages of a folder before the others."""
    environ = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "AWS_EC2_METADATA_DISABLED": "true"}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=environ)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
