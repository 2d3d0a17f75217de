import subprocess
import sys
from pathlib import Path

from tests.commands import REPOSITORY


def test_the_picture_is_what_its_script_draws(tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.png"
    subprocess.run([sys.executable, REPOSITORY / "figs" / "draw.py", drawn], check=True)
    assert drawn.read_bytes() == (REPOSITORY / "figs" / "lambda_docker.png").read_bytes()
