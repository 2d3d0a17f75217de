"""Saves the model of `xgboost-example` as MLflow does; the build runs it."""

import sys

import mlflow.xgboost
from xgboost import Booster

if __name__ == "__main__":
    booster = Booster(model_file=sys.argv[1])
    mlflow.xgboost.save_model(booster, sys.argv[2], model_format="ubj")
