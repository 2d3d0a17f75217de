"""Prices a house with an MLflow model, as `mlflow.pyfunc` loads any."""

import json
from typing import Any

import mlflow.pyfunc
import pandas as pd

model = mlflow.pyfunc.load_model("/var/task/model")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers an event of API Gateway with the price, in $1000s."""
    row = json.loads(event["body"])["input_X"]
    prediction = model.predict(pd.DataFrame([row]))[0]
    answer = {"message": "Succesful Prediction", "prediction": float(prediction)}
    return {"statusCode": 200, "body": json.dumps(answer)}
