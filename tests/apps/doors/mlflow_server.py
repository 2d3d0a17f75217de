"""Serves model files by MLflow's scoring server, each below its name; says the port, then goes on.

    python mlflow_server.py FLAVOUR:FILE …

Runs in the virtual environment of the clients. A flavour is that of `MAKERS`.
"""

import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import lightgbm
import mlflow.lightgbm
import mlflow.onnx
import mlflow.pyfunc
import mlflow.xgboost
import onnx
import uvicorn
import xgboost
from fastapi import FastAPI
from mlflow.pyfunc.scoring_server import init


def _classifier(file: str) -> Any:
    model = xgboost.XGBClassifier()
    model.load_model(file)
    return model


MAKERS: dict[str, Any] = {
    "xgboost": (mlflow.xgboost.save_model, lambda file: xgboost.Booster(model_file=file)),
    "xgboost-sklearn": (mlflow.xgboost.save_model, _classifier),
    "lightgbm": (mlflow.lightgbm.save_model, lambda file: lightgbm.Booster(model_file=file)),
    "onnx": (mlflow.onnx.save_model, onnx.load),
}


def main() -> None:
    app, folder = FastAPI(), Path(tempfile.mkdtemp())
    for position, argument in enumerate(sys.argv[1:]):
        flavour, _, file = argument.partition(":")
        save, load = MAKERS[flavour]
        path = str(folder / str(position))
        save(load(file), path, pip_requirements=[])
        app.mount(f"/{position}", init(mlflow.pyfunc.load_model(path)))
    bound = socket.create_server(("127.0.0.1", 0))
    print(bound.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[bound])


main()
