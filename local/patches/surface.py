"""What of ministack can be reached: the services of `OPERATIONS` and deployed models."""

from typing import Any

from ministack import app
from ministack.services import lambda_svc

from local.credentials import credentials
from local.guard import gate
from local.guard.operations import OPERATIONS
from local.patches import doors, function_s3
from local.state import State


def one_entrance(state: State) -> None:
    """A request goes to the service that its signature names, or to the model that its path names.

    ministack guesses the service from the path, the host and other headers, and has entrances
    beside its services: to its own state, to load balancers, to other services' data.
    """
    own = credentials(state)

    async def special(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str, **raw: Any
    ) -> Any:
        if gate.service.get() != gate.MODEL:
            return None
        known = {name: raw[name] for name in ("raw_path", "raw_query_string")}
        answer = doors.refusal(own, method, path, headers, body, known)
        answer = answer or await doors.through(method, path, headers, body, query, known)
        if answer is None:
            return 404, {"Content-Type": "application/json"}, b'{"message": "Not Found"}'
        return app._with_data_plane_headers(answer, request_id, wildcard_cors=False)

    _replace(app, "_handle_special_data_plane_request", special)
    _replace(app, "_handle_pre_body_request", _nothing)
    _replace(app, "_handle_post_body_shortcuts", _nothing)
    _replace(app, "detect_service", lambda *_: gate.service.get())
    handlers = {name: app.SERVICE_HANDLERS[name] for name in OPERATIONS}
    _replace(app, "SERVICE_HANDLERS", handlers)


def images_only(state: State) -> None:
    """No code runs but that of images: not as a process of this machine, and not elsewhere."""
    dispatch = lambda_svc._execute_function_dispatch

    def run(function: Any, config: Any, *rest: Any) -> Any:
        if config.get("PackageType") == "Image":
            return dispatch(function, config, *rest)
        body = {"errorType": "Runtime.NotAnImage", "errorMessage": "The function is not an image."}
        return {"body": body, "error": True}

    _replace(lambda_svc, "_execute_function_dispatch", run)
    _replace(lambda_svc, "_proxy_url_for", lambda config: None)


def guarded_requests(state: State) -> None:
    """Only who has the state folder's credentials is answered, for what the local AWS has."""
    app.app = gate.guarded(state, credentials(state), function_s3.policies_of, app.app)


async def _nothing(*_: Any) -> None:
    """Nothing is answered here."""


def _replace(module: Any, name: str, value: Any) -> None:
    """Replace what must be there: a ministack that has another name for it must not start."""
    if not hasattr(module, name):
        raise AttributeError(f"{module.__name__} has no {name}: see how it finds its services now")
    setattr(module, name, value)
