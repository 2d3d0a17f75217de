"""Prices a house with XGBoost's scikit-learn interface."""

import json
from typing import Any

import numpy as np
from xgboost import XGBRegressor

model = XGBRegressor()
model.load_model("/var/task/model.ubj")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers an event of API Gateway with the price, in $1000s."""
    row = json.loads(event["body"])["input_X"]
    prediction = model.predict(np.array([row]))[0]
    answer = {"message": "Succesful Prediction", "prediction": float(prediction)}
    return {"statusCode": 200, "body": json.dumps(answer)}
