"""-b: the image, built and checked as -p does it, and measured with each memory size."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.built import built_here
from pipeline.commands import note, say
from pipeline.image.base import with_base
from pipeline.image.check import check_image
from pipeline.image.containers import remove_leftovers
from pipeline.image.function import Function
from pipeline.memory.advice import as_text
from pipeline.memory.cold_starts import verdict
from pipeline.memory.cost import knee
from pipeline.memory.machine import machine
from pipeline.memory.plot import as_svg, bars
from pipeline.memory.sweep import Sweep, sweep
from pipeline.options import Options
from pipeline.places import BUILD
from pipeline.plots.text import has_blocks
from pipeline.target import model_of

ROUNDS = 3
# How much a function needs is the question, so the check gives it the most there is.
MOST_MEMORY_MB = "10240"
SWEEPS = BUILD / "sweeps"


def run(options: Options) -> None:
    """Print what a model takes with each memory size, and which to give it.

    Raises:
        PipelineError: the image cannot be built, or does not run with any of the sizes.
    """
    model = with_base(model_of(options), stays_here=True)
    say(f"Measure: {model.directory}")
    with built_here(model, options) as function:
        _measure(function)


def _measure(function: Function) -> None:
    check_image(function._replace(settings={**function.settings, "MEMORY_SIZE": MOST_MEMORY_MB}))
    say(
        "Sweep: 512 to 3,008 MB, with the CPUs that come with each; other work on this machine"
        " spoils the times"
    )
    try:
        (found,) = sweep([function], ROUNDS).values()
    finally:
        remove_leftovers()
    best, architecture = knee(found.points).point, function.settings["ARCHITECTURE"]
    cold_starts = verdict(found.cold_ms, best.memory_mb, architecture)
    print(as_text(found, os.cpu_count() or 1, machine(), cold_starts))
    note("\n".join(["", *bars(found.points, has_blocks())]))
    note(f"\nThe same as a picture: {_draw(found, function.name)}")


def _draw(found: Sweep, name: str) -> Path:
    picture = SWEEPS / f"{name}.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(as_svg(found.points, name), encoding="utf-8")
    return picture
