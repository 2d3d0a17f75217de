"""How long the geyser Old Faithful rests: the least-squares line through 272 eruptions."""

import json
from pathlib import Path


def load() -> tuple[float, float]:
    """Reads the line's intercept (minutes) and its slope."""
    line = json.loads(Path(__file__).with_name("line.json").read_bytes())
    return line["intercept"], line["slope"]


def predict(line: tuple[float, float], eruption_minutes: float) -> float:
    """Predicts the minutes until the next eruption from the length of the last one."""
    intercept, slope = line
    return intercept + slope * eruption_minutes
