"""What boosted trees promise over thousands of runs, whichever library has them."""

from pathlib import Path

import pytest

from .lightgbm.models import of_objective as lightgbm_of
from .running import run_alone
from .tables import COLUMNS
from .xgboost.models import of_objective as xgboost_of

ELEMENT_BYTES = {"xgboost": 4, "lightgbm": 8}


@pytest.fixture(params=["xgboost", "xgboost of lines", "lightgbm"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A program that has loaded a model for two threads, and has a row and many."""
    library, _, lines = request.param.partition(" ")
    path = tmp_path / {"xgboost": "model.ubj", "lightgbm": "model.txt"}[library]
    booster = "gblinear" if lines else "gbtree"
    trained = (
        lightgbm_of("multiclass")
        if library == "lightgbm"
        else xgboost_of("multi:softprob", booster)
    )
    trained.save_model(path)
    size = ELEMENT_BYTES[library] * COLUMNS
    return f"""
from engines.errors import RunError
from engines.{library} import Booster
booster = Booster({str(path)!r}, threads=2)
row = Tensor((1, {COLUMNS}), bytes({size}))
many = Tensor((300, {COLUMNS}), bytes(300 * {size}))
"""


# Kibibytes that stay behind, of what is run and of what is refused.
LEAK = """
def refused(tensors):
    try:
        booster.run(tensors)
    except RunError:
        return
    sys.exit("it was not refused")
def rounds(count):
    for _ in range(count):
        booster.run([row])
        booster.run([many])
        refused([Tensor((1, 1), bytes(8))])
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
before = rounds(500)
print(rounds(2000) - before)
"""


def test_thousands_of_runs_leave_nothing_behind(tmp_path: Path, start: str) -> None:
    assert int(run_alone(tmp_path, start + LEAK)) < 1000


# Milliseconds of all threads, in each pause after a run of both.
WAIT = """
used = 0
for _ in range(50):
    booster.run([many])
    before = time.process_time()
    time.sleep(0.005)
    used += time.process_time() - before
print(used / 50 * 1000)
"""


@pytest.mark.timing
def test_a_thread_that_waits_uses_hardly_any_cpu_time(tmp_path: Path, start: str) -> None:
    assert float(run_alone(tmp_path, start + WAIT)) < 0.3


def test_there_are_no_more_threads_than_were_asked_for(tmp_path: Path, start: str) -> None:
    threads = "booster.run([many]); print(len(os.listdir('/proc/self/task')))"
    assert int(run_alone(tmp_path, start + threads)) <= 2
