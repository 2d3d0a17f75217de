"""The Lambda function: find what a call asks for, answer it, write a line to the log.

    POST /predict                      the model's answer, as for every direct call
    GET  /predict and /predict/health  the model's name and release, and that it is loaded
    GET  /predict/openapi.json         the contract, as OpenAPI 3.1
    GET  /predict/model                the model card

A browser gets a page at /predict and /predict/model, from which a person can ask.

`/predict` is the value of the variable API_PATH; MODEL_NAME and MODEL_RELEASE are variables too.
An app can add further paths, each a `serving.routes.Route`. Pages of the origins in CORS_ORIGINS
may ask too: `OPTIONS` tells their browsers.
"""

import os
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, overload

from msgspec.json import encode

from serving.contract import A, Contract, R, Reader
from serving.errors import NotARequest, ServingError
from serving.events import Call, read, text
from serving.log import Line, counts

if TYPE_CHECKING:
    from serving.cors import Cors
    from serving.routes import Action, Actions, Answer, Route

RECORDS = bool(os.environ.get("RECORD_TO"))


class Application(Generic[R, A]):
    """A handler as Lambda calls it; `__wrapped__` is the handler itself."""

    def __init__(
        self,
        handler: Callable[[R], A],
        readers: Mapping[str, Reader[R]],
        operation: Mapping[str, Any],
        facts: Callable[[], Mapping[str, Any]],
    ) -> None:
        """Build what can be built before the first request."""
        self._operation, self._facts = operation, facts
        self.__wrapped__ = handler
        self._contract = Contract(handler, readers)
        self._model = os.environ.get("MODEL_NAME") or "model"
        self._release = os.environ.get("MODEL_RELEASE", "")
        self._path = "/" + (os.environ.get("API_PATH") or "predict").strip("/")
        self._cold_start = True
        self._cors = _cors(os.environ.get("CORS_ORIGINS"))
        below = self._path.rstrip("/")
        self._own: dict[str, Actions] = {
            self._path: {"GET": self._front, "POST": self._predict},
            f"{below}/health": {"GET": self._health},
            f"{below}/openapi.json": {"GET": self._openapi},
            f"{below}/model": {"GET": self._model_card},
        }
        self._later: list[Callable[[], Mapping[str, Route]]] = []
        self._routes: Mapping[str, Route] = {}  # all of them, once one is asked for

    def add(self, path: str, route: "Route") -> None:
        """Put something at a further path; pages of CORS_ORIGINS may ask there too.

        Raises:
            ValueError: the model is there already.
        """
        path = "/" + path.strip("/")
        if path in self._own:
            raise ValueError(f"{path} is taken: give the model or the other door another path")
        self.later(lambda: {path: route})

    def later(self, routes: Callable[[], Mapping[str, "Route"]]) -> None:
        """Add what a function makes, once it is asked for; the model's own paths come first."""
        self._later.append(routes)

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer an event; `context` is Lambda's.

        Raises:
            NotARequest: the event is none that can be answered. No other `Exception` is raised.
        """
        started = perf_counter()
        call_id = text(getattr(context, "aws_request_id", ""))
        line = Line(request_id=call_id, release=self._release, cold_start=self._cold_start)
        self._cold_start = False
        counts.tokens = None
        try:
            call = read(event)
        except NotARequest as error:
            line.blame(error)
            line.write(started)
            raise
        line.method, line.path = call.method or "invoke", call.path
        reply = self._reply(call, line)
        line.write(started)
        if RECORDS and line.status == 200 and (call.method, call.path) == ("POST", self._path):
            from serving.recording import keep

            keep(call, call_id)
        return reply

    def _reply(self, call: Call, line: Line) -> Any:
        """Reply with the answer, or with what is wrong."""
        headers = self._cors.headers(call) if self._cors else {}
        failure: Callable[[int, str], Any] = _message
        try:
            action, failure = self._found(call)
            answer = action(call, line)
            body, more = answer if isinstance(answer, tuple) else (answer, {})
            line.status = 200 if body else 204
            return call.reply(line.status, body, headers | line.timing() | more)
        except ServingError as error:
            line.status = error.status
            body = encode(failure(error.status, text(str(error))))
            return call.reply(error.status, body, headers | error.headers)
        except Exception as error:
            line.blame(error)
            return call.reply(500, encode(failure(500, "Internal server error")), headers)

    def _found(self, call: Call) -> "tuple[Action, Callable[[int, str], Any]]":
        """Find what a call asks for, and what makes the body of its errors."""
        if call.door == "invoke":
            return self._predict, _message
        if action := self._own.get(call.path, {}).get(call.method):
            return action, _message
        from serving.routes import find

        return find(call, self._all_routes(), self._path)

    def _all_routes(self) -> "Mapping[str, Route]":
        from serving.routes import gathered

        self._routes = self._routes or gathered(self._own, self._later, self._cors)
        return self._routes

    def _predict(self, call: Call, line: Line) -> bytes:
        return self._contract.run(self.__wrapped__, call, line)

    def _front(self, call: Call, line: Line) -> "Answer":
        return self._page(call, "") or self._health()

    def _page(self, call: Call, up: str) -> "Answer | None":
        """Give a browser the page, from where the model is so many folders up."""
        if "text/html" not in call.header("accept"):
            return None
        from serving.accept import prefers_html
        from serving.page import page

        html = prefers_html(call.header("accept"))
        return page(up + self._path.rpartition("/")[2]) if html else None

    def _health(self, *_: object) -> bytes:
        return encode({"model": self._model, "release": self._release, "loaded": True})

    def _model_card(self, call: Call, line: Line) -> "Answer":
        from serving.model_card import model_card

        described = (self.__wrapped__.__doc__ or "").strip()
        known = self._model, self._release, described, self._facts
        return self._page(call, "../") or encode(model_card(*known))

    def _openapi(self, *_: object) -> bytes:
        from serving.openapi import document

        known = self._contract, self._all_routes(), self._model, self._release
        return encode(document(*known, self._operation, self.__wrapped__.__doc__))


def _message(_status: int, text: str) -> Any:
    return {"message": text}


def _cors(origins: str | None) -> "Cors | None":
    if not origins:
        return None
    from serving.cors import Cors

    return Cors(origins)


@overload
def api(handler: Callable[[R], A], /) -> Application[R, A]: ...
@overload
def api(
    *,
    readers: Mapping[str, Reader[R]] = ...,
    operation: Mapping[str, Any] = ...,
    facts: Callable[[], Mapping[str, Any]] = ...,
) -> Callable[[Callable[[R], A]], Application[R, A]]: ...
def api(
    handler: Any = None,
    /,
    *,
    readers: Mapping[str, Reader[Any]] | None = None,
    operation: Mapping[str, Any] | None = None,
    facts: Callable[[], Mapping[str, Any]] = dict,
) -> Any:
    """Make a Lambda function of a handler: `@api`, or `@api(readers={"image/jpeg": read})`.

    Args:
        handler: takes one annotated request and returns an annotated answer.
        readers: by content type, what makes a request of a body that is not JSON: a function of
            the body, the Content-Type header as it was sent, and the query parameters. API Gateway
            spoils such a body unless BinaryMediaTypes in template.yaml has its content type.
        operation: what the OpenAPI document says of a prediction beside the types, as OpenAPI
            spells it: `{"parameters": [...]}`, or a schema for the content type of a reader.
        facts: what the model card says of the engine; called when somebody asks for that.
    """
    if handler is None:
        return lambda handler: Application(handler, readers or {}, operation or {}, facts)
    return Application(handler, {}, {}, dict)
