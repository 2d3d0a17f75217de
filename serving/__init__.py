"""Serve a model on Lambda: an event in, a checked request, the model's answer out.

    from serving import api

    class Request(msgspec.Struct, forbid_unknown_fields=True):
        rooms: float

    class Answer(msgspec.Struct):
        price: float

    @api
    def handler(request: Request) -> Answer:
        return Answer(price=9.1 * request.rooms)

The annotations are the contract: requests and answers are checked against them, and the OpenAPI
document is made from them. Load the model when the module is imported: that is Lambda's init phase.
Import `serving.photographs`, `serving.forms` and `serving.urls` only where they are used.
"""

from serving.application import api
from serving.errors import BadRequest, ServingError, TooLarge, Unprocessable, UnsupportedMediaType

__all__ = "BadRequest", "ServingError", "TooLarge", "Unprocessable", "UnsupportedMediaType", "api"
