"""Answers requests for what an estimator of scikit-learn predicts; `card.json` has its columns."""

import os

from apps.estimator import serve
from engines.sklearn.estimator import Estimator, read_types

FOLDER = os.path.dirname(__file__)

handler = serve(
    Estimator(
        os.path.join(FOLDER, os.environ["MODEL"]),
        read_types(os.path.join(FOLDER, "types.json")),
        # The build adds pandas where the model needs frames.
        frames=os.path.isdir(os.path.join(FOLDER, "pandas")),
    ),
    os.path.join(FOLDER, "card.json"),
)
