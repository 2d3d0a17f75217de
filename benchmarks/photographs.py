"""What a request of pytorch-example costs: decoding, the cold start, whole requests, memory.

    .venv/bin/python benchmarks/photographs.py mobilenet_v2-b0353104.pth dog.jpg

Compiles the network, then measures the handler in new processes with the threads of one vCPU.
Needs torch and a C++ compiler (see pytorch-example/export/).
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[1]
MODEL = REPOSITORY / "pytorch-example"
ROUNDS = 7
LARGE = (4096, 3112)
MEASURE = """
import base64, io, json, resource, sys, time
from statistics import median

def took_ms(action):
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000

def whole(content):
    image = Image.open(io.BytesIO(content)).convert("RGB")
    scale = 256 / min(image.size)
    image.resize([round(scale * side) for side in image.size], Image.Resampling.BILINEAR)

started = time.perf_counter()
import app
cold_ms = (time.perf_counter() - started) * 1000
content, large = (open(path, "rb").read() for path in sys.argv[1:])
event = {
    "httpMethod": "POST", "path": "/predict", "resource": "/{proxy+}",
    "pathParameters": {"proxy": "predict"}, "requestContext": {"stage": "dev"},
    "headers": {"content-type": "image/jpeg"}, "queryStringParameters": None,
    "body": base64.b64encode(content).decode(), "isBase64Encoded": True,
}
output, sys.stdout = sys.stdout, io.StringIO()
first_ms = took_ms(lambda: app.handler(event, None))
warm_ms = median(took_ms(lambda: app.handler(event, None)) for _ in range(50))
peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
from PIL import Image
decode = {
    name: (median(took_ms(lambda: app.pixels(photograph, 256, 224)) for _ in range(20)),
           median(took_ms(lambda: whole(photograph)) for _ in range(20)))
    for name, photograph in (("given", content), ("large", large))
}
sys.stdout = output
print(json.dumps([cold_ms, first_ms, warm_ms, peak_mib, *decode["given"], *decode["large"]]))
"""
ROWS = (
    "importing the app, with loading and warming up the network, ms",
    "the first request with the photograph as its body, ms",
    "later ones, ms",
    "peak memory until then, MiB",
    "decoding the photograph, ms",
    "the same, decoded whole and then resized, ms",
    f"decoding a JPEG of {LARGE[0]} x {LARGE[1]} pixels, ms",
    "the same, decoded whole and then resized, ms",
)


def build(weights: Path, folder: Path) -> None:
    """Puts the app and the compiled network into a folder, as the image has them."""
    shutil.copytree(MODEL / "app", folder, dirs_exist_ok=True)
    arguments = ["imagenet", "--weights-file", str(weights.resolve()), str(folder)]
    subprocess.run([sys.executable, "-m", "export", *arguments], cwd=MODEL, check=True)


def enlarged(photograph: Path, folder: Path) -> Path:
    """The photograph as a large JPEG."""
    path = folder / "large.jpg"
    with Image.open(photograph) as image:
        image.resize(LARGE).save(path, quality=90)
    return path


def measure(folder: Path, photographs: list[Path]) -> list[float]:
    """One new process's figures, in the order of ROWS."""
    command = [sys.executable, "-c", MEASURE, *(str(path.resolve()) for path in photographs)]
    environ = {"PYTHONPATH": str(REPOSITORY), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}
    ran = subprocess.run(command, cwd=folder, env=environ, stdout=subprocess.PIPE, check=True)
    figures: list[float] = json.loads(ran.stdout)
    return figures


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("photograph", type=Path)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        build(options.weights, folder)
        photographs = [options.photograph, enlarged(options.photograph, folder)]
        rounds = [measure(folder, photographs) for _ in range(ROUNDS)]
    print("| what | median |\n|---|---|")
    for row, figures in zip(ROWS, zip(*rounds, strict=True), strict=True):
        print(f"| {row} | {statistics.median(figures):.0f} |")


if __name__ == "__main__":
    main()
