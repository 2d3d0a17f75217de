"""The Lambda function: find what a call asks for, answer it, write a line to the log.

    POST /predict                      the model's answer, as for every direct call
    GET  /predict and /predict/health  the model's name and release, and that it is loaded
    GET  /predict/openapi.json         the contract, as OpenAPI 3.1

An app can add further paths, each a `serving.routes.Route`.

`/predict` is the value of the variable API_PATH; MODEL_NAME and MODEL_RELEASE are variables too.
Pages of the origins in CORS_ORIGINS may ask too: `OPTIONS` tells their browsers.
"""

import os
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, overload

from msgspec.json import encode

from serving.contract import A, Contract, R, Reader
from serving.errors import MethodNotAllowed, NotARequest, NotFound, ServingError
from serving.events import Call, read, text
from serving.log import Line, counts
from serving.routes import Route, message, predict

if TYPE_CHECKING:
    from serving.cors import Cors


class Application(Generic[R, A]):
    """A handler as Lambda calls it; `__wrapped__` is the handler itself."""

    def __init__(
        self,
        handler: Callable[[R], A],
        readers: Mapping[str, Reader[R]],
        operation: Mapping[str, Any],
    ) -> None:
        """Build what can be built before the first request."""
        self._operation = operation
        self.__wrapped__ = handler
        self._contract = Contract(handler, readers)
        self._model = os.environ.get("MODEL_NAME") or "model"
        self._release = os.environ.get("MODEL_RELEASE", "")
        self._path = "/" + (os.environ.get("API_PATH") or "predict").strip("/")
        self._cold_start = True
        below = self._path.rstrip("/")
        self._cors = _cors(os.environ.get("CORS_ORIGINS"))
        self._routes: dict[str, Route] = {}
        self.add(self._path, Route({"GET": self._health, "POST": self._predict}))
        self.add(f"{below}/health", Route({"GET": self._health}))
        self.add(f"{below}/openapi.json", Route({"GET": self._openapi}))

    def add(self, path: str, route: Route) -> None:
        """Put something at a further path; pages of CORS_ORIGINS may ask there too.

        Raises:
            ValueError: there is something at the path already.
        """
        path = "/" + path.strip("/")
        if path in self._routes:
            raise ValueError(f"{path} is taken: give the model or the other door another path")
        if self._cors:
            route = route._replace(actions={**route.actions, "OPTIONS": self._cors.preflight})
        self._routes[path] = route

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer an event; `context` is Lambda's.

        Raises:
            NotARequest: the event is none that can be answered. No other `Exception` is raised.
        """
        started = perf_counter()
        line = Line(
            request_id=text(getattr(context, "aws_request_id", "")),
            release=self._release,
            cold_start=self._cold_start,
        )
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
        return reply

    def _reply(self, call: Call, line: Line) -> Any:
        """Reply with the answer, or with what is wrong."""
        headers = self._cors.headers(call) if self._cors else {}
        route = None if call.door == "invoke" else self._route(call)
        failure = route.error if route else message
        try:
            body = self._answer(route, call, line)
            line.status = 200 if body else 204
            return call.reply(line.status, body, headers)
        except ServingError as error:
            line.status = error.status
            body = encode(failure(error.status, text(str(error))))
            return call.reply(error.status, body, headers | error.headers)
        except Exception as error:
            line.blame(error)
            return call.reply(500, encode(failure(500, "Internal server error")), headers)

    def _answer(self, route: Route | None, call: Call, line: Line) -> bytes:
        if call.door == "invoke":
            return self._predict(call, line)
        if route is None:
            raise NotFound(f"there is nothing at {call.path}, the model is at {self._path}")
        actions = route.actions
        action = actions.get("GET" if call.method == "HEAD" else call.method)
        if action is None:
            allowed = ", ".join(["HEAD", *actions])
            raise MethodNotAllowed(f"use one of {allowed}, not {call.method}", Allow=allowed)
        return action(call, line)

    def _route(self, call: Call) -> Route | None:
        """Find what is at a path, by its end where what stands before it cannot be known."""
        for path, route in self._routes.items():
            if call.path == path or (call.below_base_path and call.path.endswith(path)):
                return route
        return None

    def _predict(self, call: Call, line: Line) -> bytes:
        return predict(self._contract, self.__wrapped__, call, line)

    def _health(self, *_: object) -> bytes:
        return encode({"model": self._model, "release": self._release, "loaded": True})

    def _openapi(self, *_: object) -> bytes:
        from serving.openapi import document

        routes, model, release = self._routes, self._model, self._release
        return encode(document(self._contract, routes, model, release, self._operation))


def _cors(origins: str | None) -> "Cors | None":
    if not origins:
        return None
    from serving.cors import Cors

    return Cors(origins)


@overload
def api(handler: Callable[[R], A], /) -> Application[R, A]: ...
@overload
def api(
    *, readers: Mapping[str, Reader[R]] = ..., operation: Mapping[str, Any] = ...
) -> Callable[[Callable[[R], A]], Application[R, A]]: ...
def api(
    handler: Any = None,
    /,
    *,
    readers: Mapping[str, Reader[Any]] | None = None,
    operation: Mapping[str, Any] | None = None,
) -> Any:
    """Make a Lambda function of a handler: `@api`, or `@api(readers={"image/jpeg": read})`.

    Args:
        handler: takes one annotated request and returns an annotated answer.
        readers: by content type, what makes a request of a body that is not JSON: a function of
            the body, the Content-Type header as it was sent, and the query parameters. API Gateway
            spoils such a body unless BinaryMediaTypes in template.yaml has its content type.
        operation: what the OpenAPI document says of a prediction beside the types, as OpenAPI
            spells it: `{"parameters": [...]}`, or a schema for the content type of a reader.
    """
    if handler is None:
        return lambda handler: Application(handler, readers or {}, operation or {})
    return Application(handler, {}, {})
