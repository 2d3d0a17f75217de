"""Doors that other tools knock at: paths beside the model's own, answered as their servers do.

    door            its paths                           below the variable's path
    MLflow's        invocations, ping, health, version  DOOR_MLFLOW, by default /
    Open Inference  models/NAME/infer, health/live, …   DOOR_V2, by default /v2

The value `off` shuts a door. `mlflow` and `inference` speak the protocols, with JSON and bytes;
`tabular` and `tensors` turn what they read into rows and tensors, and what comes out back.
Nothing of this package is imported before a path is asked for that is not the model's own.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.doors.model import Model
    from serving.routes import Route

OFF = "off"


def routes(model: "Model") -> Mapping[str, "Route"]:
    """Make the routes of the doors that are open.

    Raises:
        ValueError: two of them have one path.
    """
    made: dict[str, Route] = {}
    if (base := _base("DOOR_MLFLOW", "/")) is not None:
        from apps.doors import mlflow

        made |= mlflow.routes(model, base)
    if (base := _base("DOOR_V2", "/v2")) is not None:
        from apps.doors import inference

        further = inference.routes(model, base)
        if both := made.keys() & further.keys():
            raise ValueError(f"DOOR_MLFLOW and DOOR_V2 both have {min(both)}: move one of them")
        made |= further
    return made


def _base(variable: str, default: str) -> str | None:
    """Where a door's paths begin, without a slash at the end; None where it is shut."""
    value = os.environ.get(variable) or default
    return None if value == OFF else f"/{value.strip('/')}".rstrip("/")
