"""Prices a house behind FastAPI."""

import numpy as np
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel
from xgboost import Booster

booster = Booster(model_file="/var/task/model.ubj")
app = FastAPI()


class Request(BaseModel):
    """The 13 numbers of one house."""

    input_X: list[float]


class Answer(BaseModel):
    """The price, in $1000s."""

    message: str
    prediction: float


@app.post("/predict")
def predict(request: Request) -> Answer:
    """The price of one house."""
    prediction = booster.inplace_predict(np.array([request.input_X]))[0]
    return Answer(message="Succesful Prediction", prediction=float(prediction))


handler = Mangum(app)
