"""A model that answers at once: how much of the photograph is red, green and blue."""

import sys
from types import ModuleType

from serving.photographs import Framing
from tests.model_directory import import_app


class StandIn:
    """Seven classes, three of which can be; in the shape that app.model has."""

    framing = Framing(224, 224, "crop", 256)
    labels = ("red", "green", "blue", "cyan", "magenta", "yellow", "black")

    def about(self) -> dict[str, object]:
        """Nothing: no engine runs it."""
        return {}

    def predict(self, pixels: bytes) -> list[float]:
        """Percent, as the sums of the three channels have it."""
        sums = [sum(pixels[channel::3]) for channel in range(3)]
        return [100 * channel / max(1, sum(sums)) for channel in sums] + [0.0] * 4


def import_app_with_stand_in() -> dict[str, ModuleType]:
    """The modules of app/, by name."""
    module = ModuleType("model")
    module.load = StandIn  # type: ignore[attr-defined]
    sys.modules["model"] = module
    return import_app("pytorch-example")


MODULES = import_app_with_stand_in()
