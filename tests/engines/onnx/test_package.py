"""What the package promises as a whole: it needs the standard library and nothing of this one."""

import subprocess
import sys

from tests.model_directory import REPOSITORY

PROGRAM = "import sys, engines.onnx; print(*sorted({name.split('.')[0] for name in sys.modules}))"


def test_importing_it_imports_the_standard_library_and_its_own_modules_alone() -> None:
    command = [sys.executable, "-S", "-c", PROGRAM]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    imported = set(run.stdout.split())
    assert imported - sys.stdlib_module_names == {"__main__", "engines"}
    assert "pathlib" not in imported  # 2 ms, a twentieth of a cold start
