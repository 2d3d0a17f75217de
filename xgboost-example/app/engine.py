"""What runs the trees: XGBoost. Dockerfile.onnx takes variants/onnx/engine.py instead."""

from engines.xgboost import Booster

Engine, FILE = Booster, "model.ubj"
