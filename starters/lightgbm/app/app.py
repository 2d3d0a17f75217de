"""Answers requests for what the model of LightGBM predicts; `card.json` says which columns it takes."""

import os

from apps.tabular import serve
from engines.lightgbm import Booster

FOLDER = os.path.dirname(__file__)

handler = serve(Booster(os.path.join(FOLDER, os.environ["MODEL"])), os.path.join(FOLDER, "card.json"))
