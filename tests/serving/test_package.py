"""What the package promises as a whole: it is small, and importing it costs next to nothing."""

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "serving"
PROGRAM = """
import msgspec, sys
before = set(sys.modules)
import serving
{more}
print(*sorted(set(sys.modules) - before))
"""
FIRST_REQUEST = """
from tests.serving.toy_model import scale
before.update(name for name in sys.modules if name.startswith("tests"))
import sys, io
answer = serving.api(scale)({"input_X": [1, 2, 3]}, None)
assert answer == {"scaled": [1.0, 2.0, 3.0]}, answer
event = {"httpMethod": "POST", "path": "/predict", "requestContext": {"elb": {}}, "headers": None,
         "body": '{"input_X": [1, 2'}
assert serving.api(scale)(event, None)["statusCode"] == 400
"""
NAMES = ("application", "contract", "errors", "events", "log")
MODULES = " ".join(["serving", *(f"serving.{name}" for name in NAMES)])


def imported(more: str = "") -> str:
    """The modules that a new Python has after a program, but not after `import msgspec`."""
    command = [sys.executable, "-c", PROGRAM.format(more=more)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1]


def test_importing_it_imports_nothing_but_msgspec_and_its_own_modules() -> None:
    assert imported() == MODULES


def test_the_first_requests_import_nothing_more() -> None:
    assert imported(FIRST_REQUEST) == MODULES


def test_importing_photographs_imports_one_format_and_nothing_of_http() -> None:
    loaded = set(imported("import serving.photographs").split())
    assert {name for name in loaded if re.fullmatch(r"PIL\..*Plugin", name)} == {
        "PIL.JpegImagePlugin"
    }
    assert not {"http.client", "ssl", "numpy", "torch"} & loaded


def test_what_every_cold_start_reads_stays_small() -> None:
    names = [name.removeprefix("serving").lstrip(".") or "__init__" for name in MODULES.split()]
    sizes = {name: len((PACKAGE / f"{name}.py").read_text().splitlines()) for name in names}
    assert sum(sizes.values()) < 680, sizes


def test_it_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").exists()
