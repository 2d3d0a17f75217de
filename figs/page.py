"""Takes page.png: the page of xgboost-example, as Chromium shows it.

    .venv/bin/python figs/page.py [FILE]

The app runs by `python3 -m pipeline try`, without Docker.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
URL = re.compile(r"http://127\.0\.0\.1:\d+/predict")
SIZE: ViewportSize = {"width": 1100, "height": 900}


@contextmanager
def tried(directory: str) -> Iterator[str]:
    """Run the loop without Docker on a model directory; the URL of its model."""
    command = [sys.executable, "-m", "pipeline", "try", directory, "--port", "0"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield next(found[0] for line in process.stdout if (found := URL.search(line)))
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Take the picture."""
    place = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).with_name("page.png")
    with tried("./xgboost-example") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, device_scale_factor=2)
        page.goto(url)
        page.wait_for_selector("#send:enabled")
        for _ in range(2):  # the second answer is that of a warm function
            page.click("#send")
            page.wait_for_selector("#answer .number")
        page.screenshot(path=place)
        browser.close()


if __name__ == "__main__":
    main()
