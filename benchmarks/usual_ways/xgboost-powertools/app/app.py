"""Prices a house behind Powertools for AWS Lambda."""

from typing import Annotated, Any

import numpy as np
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field
from xgboost import Booster

booster = Booster(model_file="/var/task/model.ubj")
app = APIGatewayRestResolver(enable_validation=True)


class Request(BaseModel):
    """The 13 numbers of one house."""

    input_X: Annotated[list[float], Field(min_length=13, max_length=13)]


class Answer(BaseModel):
    """The price, in $1000s."""

    message: str
    prediction: float


@app.post("/predict")
def predict(request: Request) -> Answer:
    """The price of one house."""
    prediction = booster.inplace_predict(np.array([request.input_X]))[0]
    return Answer(message="Succesful Prediction", prediction=float(prediction))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers an event of API Gateway."""
    return app.resolve(event, context)
