"""How long the geyser Old Faithful rests: the least-squares line through 272 eruptions."""

import json
import os


def load() -> tuple[float, float]:
    """Reads the line's intercept (minutes) and its slope."""
    # Without pathlib, which takes a twelfth of a cold start to import.
    with open(os.path.join(os.path.dirname(__file__), "line.json"), "rb") as file:
        line = json.load(file)
    return line["intercept"], line["slope"]


def predict(line: tuple[float, float], eruption_minutes: float) -> float:
    """Predicts the minutes until the next eruption from the length of the last one."""
    intercept, slope = line
    return intercept + slope * eruption_minutes
