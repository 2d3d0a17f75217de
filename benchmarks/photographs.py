"""What a request of pytorch-example costs: decoding, the cold start, whole requests, memory.

    .venv/bin/python benchmarks/photographs.py mobilenet_v2-b0353104.pth dog.jpg

Compiles the network, then measures the handler in new processes with the threads of one vCPU, and
the memory that it takes with the largest photographs that it accepts, which are made here. Needs
Linux, torch and a C++ compiler (see pytorch-example/network/).
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[1]
MODEL = REPOSITORY / "pytorch-example"
ROUNDS = 7
LARGE = (4096, 3112)
LARGEST_SIDE = 4472  # squared, just under the 20 megapixels that every format may have
# The largest photographs, by name: format, mode and what else they are saved with.
LARGEST: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "RGB", {}),
    "JPEG, progressive": ("JPEG", "RGB", {"progressive": True, "subsampling": 0}),
    "PNG": ("PNG", "RGB", {}),
    "PNG, transparent": ("PNG", "RGBA", {}),
    "WebP": ("WEBP", "RGB", {"method": 0}),
    "WebP, transparent": ("WEBP", "RGBA", {"method": 0}),
    "GIF": ("GIF", "P", {}),
}
START = """
import base64, io, json, re, sys, time
from statistics import median

def event(content):
    return {
        "httpMethod": "POST", "path": "/predict", "resource": "/{proxy+}",
        "pathParameters": {"proxy": "predict"}, "requestContext": {"stage": "dev"},
        "headers": {"content-type": "application/octet-stream"}, "queryStringParameters": None,
        "body": base64.b64encode(content).decode(), "isBase64Encoded": True,
    }

# Of this program alone: getrusage would count what the one that started it had as well.
def peak_mib():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

contents = [open(path, "rb").read() for path in sys.argv[1:]]
output, sys.stdout = sys.stdout, io.StringIO()
"""
PEAK = """
import app
answer = app.handler(event(contents[0]), None)
assert answer["statusCode"] == 200, answer
print(json.dumps([peak_mib()]), file=output)
"""
MEASURE = """
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
content, large = contents
request = event(content)
first_ms = took_ms(lambda: app.handler(request, None))
warm_ms = median(took_ms(lambda: app.handler(request, None)) for _ in range(50))
peak = peak_mib()
from PIL import Image
decode = {
    name: (median(took_ms(lambda: app.pixels(photograph, app.model.framing)) for _ in range(20)),
           median(took_ms(lambda: whole(photograph)) for _ in range(20)))
    for name, photograph in (("given", content), ("large", large))
}
figures = [cold_ms, first_ms, warm_ms, peak, *decode["given"], *decode["large"]]
print(json.dumps(figures), file=output)
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
    command = [sys.executable, "-m", "engines.torch.build", "network.pretrained:described"]
    environ = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "WEIGHTS": "imagenet",
        "WEIGHTS_FILE": str(weights.resolve()),
    }
    subprocess.run([*command, str(folder)], cwd=MODEL, env=environ, check=True)


def enlarged(photograph: Path, folder: Path) -> Path:
    """The photograph as a large JPEG."""
    path = folder / "large.jpg"
    with Image.open(photograph) as image:
        image.resize(LARGE).save(path, quality=90)
    return path


def largest(folder: Path) -> dict[str, Path]:
    """The largest photographs that are accepted, by name; each shows a gradient."""
    made = {}
    for number, (name, (form, mode, options)) in enumerate(LARGEST.items()):
        image = Image.linear_gradient("L").resize((LARGEST_SIDE, LARGEST_SIDE)).convert("RGB")
        if mode == "RGBA":
            image.putalpha(128)
        made[name] = folder / f"largest-{number}"
        image.convert(mode).save(made[name], form, **options)
    return made


def measure(program: str, folder: Path, photographs: list[Path]) -> list[float]:
    """The figures that a new process prints."""
    command = [
        sys.executable,
        "-c",
        START + program,
        *(str(path.resolve()) for path in photographs),
    ]
    environ = {"PYTHONPATH": str(REPOSITORY), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}
    ran = subprocess.run(command, cwd=folder, env=environ, stdout=subprocess.PIPE, check=True)
    figures: list[float] = json.loads(ran.stdout)
    return figures


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("photograph", type=Path)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        build(options.weights, folder)
        photographs = [options.photograph, enlarged(options.photograph, folder)]
        rounds = [measure(MEASURE, folder, photographs) for _ in range(ROUNDS)]
        peaks = {name: measure(PEAK, folder, [path])[0] for name, path in largest(folder).items()}
    print("| what | median |\n|---|---|")
    for row, figures in zip(ROWS, zip(*rounds, strict=True), strict=True):
        print(f"| {row} | {statistics.median(figures):.0f} |")
    print(f"\n| {LARGEST_SIDE} x {LARGEST_SIDE} pixels | peak memory, MiB |\n|---|---|")
    for name, peak_mib in peaks.items():
        print(f"| {name} | {peak_mib:.0f} |")


if __name__ == "__main__":
    main()
