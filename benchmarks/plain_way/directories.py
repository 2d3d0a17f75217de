"""Makes the model directories: base-example, the page's lines, and a model trained for them."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.plain_way import training
from benchmarks.plain_way.page import REPOSITORY, Recipe, recipe, settings

# Where a whole run of scripts/bench makes them.
PLACE = REPOSITORY / ".build" / "plain-way"
# What base-example's own model has, and these have not.
REPLACED = ("model.py", "line.json")


class Plain(NamedTuple):
    """A model directory to make."""

    name: str
    heading: str  # of its section of the page
    train: Callable[[], dict[str, Any]]


PLAIN = (
    Plain("plain-xgboost", "XGBoost", training.xgboost),
    Plain("plain-lightgbm", "LightGBM", training.lightgbm),
    Plain("plain-scikit-learn", "scikit-learn", training.scikit_learn),
    Plain("plain-pytorch", "PyTorch", training.torch),
    Plain("plain-catboost", "CatBoost", training.catboost),
    Plain("plain-tokenizers", "Tokenizers", training.tokenizers),
)


def make_all(parent: Path = PLACE) -> list[Path]:
    """Make every model directory in a folder."""
    return [make(plain, parent) for plain in PLAIN]


def make(plain: Plain, parent: Path) -> Path:
    """Make a model directory, in place of one that is there.

    Returns:
        the directory, `parent / plain.name`.
    """
    folder, lines = parent / plain.name, recipe(plain.heading)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(REPOSITORY / "base-example", folder)
    for name in REPLACED:
        (folder / "app" / name).unlink()
    _write(folder, lines)
    after_training = compile(lines.after_training, f"{plain.heading}, after training", "exec")
    with contextlib.chdir(folder):
        exec(after_training, plain.train())
    return folder


def _write(folder: Path, lines: Recipe) -> None:
    (folder / "app" / "app.py").write_text(lines.app, encoding="utf-8")
    with (folder / "app" / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write(lines.requirements)
    _set(folder / "model.env", settings())
    if "--extra-index-url" in lines.requirements:
        # This machine's pip reaches that index or has its package; an image's build may do neither.
        _set(folder / "model.env", {"WHEELHOUSE": "1"})


def _set(model_env: Path, values: Mapping[str, str]) -> None:
    text = model_env.read_text(encoding="utf-8")
    for name in values:
        text = re.sub(rf"^{name}=.*\n", "", text, flags=re.MULTILINE)
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    model_env.write_text(text + lines, encoding="utf-8")
