"""Answers requests for what a model of XGBoost predicts; `card.json` has its columns."""

import os

from apps.tabular import serve
from engines.xgboost import Booster

FOLDER = os.path.dirname(__file__)

handler = serve(
    Booster(os.path.join(FOLDER, os.environ["MODEL"])), os.path.join(FOLDER, "card.json")
)
