"""What an app adds to a function: an action for each method, how it is told, how it fails.

    handler = api(scale)
    handler.add("/v1/embeddings", Route({"POST": embeddings}, error=openai_error))

    def doors() -> Mapping[str, Route]:
        from apps.doors import routes

        return routes(…)

    handler.later(doors)

An action takes the call and its line of the log, and returns the answer's JSON, or another answer
with its headers, Content-Type among them. A path that ends with `/*`, without actions, says how
errors are told below it. What an action needs it imports when it is called, and this
module is imported when another path is asked for than the model's own: nothing of it belongs to a
cold start.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from serving.errors import MethodNotAllowed, NotFound
from serving.events import Call
from serving.log import Line

if TYPE_CHECKING:
    from serving.cors import Cors

Answer = bytes | tuple[bytes, dict[str, str]]
Action = Callable[[Call, Line], Answer]
Actions = Mapping[str, Action]  # by method in upper case; HEAD is answered as GET
Failure = Callable[[int, str], Any]


def message(_status: int, text: str) -> Any:
    """Make the body of an error, as everywhere but where a route has a form of its own."""
    return {"message": text}


def undescribed() -> Mapping[str, Any]:
    """Say nothing of a path but which methods it takes."""
    return {}


class Route(NamedTuple):
    """What is at a path.

    Attributes:
        actions: what is answered; without any, nothing is there.
        describe: called for the OpenAPI document alone: the path's operations as OpenAPI spells
            them, by method in lower case, with a type in place of a schema, or JSON Schema with a
            title; of those left out the document names the method alone.
        error: makes the body of an error of its status and message.
    """

    actions: Actions
    describe: Callable[[], Mapping[str, Any]] = undescribed
    error: Failure = message


def gathered(
    own: Mapping[str, Actions],
    later: Iterable[Callable[[], Mapping[str, Route]]],
    cors: "Cors | None",
) -> dict[str, Route]:
    """Gather the routes of a function; the model's own paths come first.

    Args:
        own: what the model itself has at its paths.
        later: what makes what its app has added.
        cors: what answers browsers that ask whether a page may ask, at each path.

    Raises:
        ValueError: two things were added at one path.
    """
    found = {path: Route(actions) for path, actions in own.items()}
    for path, route in (pair for make in later for pair in make().items()):
        if path in found and path not in own:
            raise ValueError(f"{path} is taken: give one of the doors another path")
        found.setdefault(path, route)
    if cors:
        for path, route in found.items():
            actions = {**route.actions, "OPTIONS": cors.preflight} if route.actions else {}
            found[path] = route._replace(actions=actions)
    return found


def find(call: Call, routes: Mapping[str, Route], model_path: str) -> tuple[Action, Failure]:
    """Find what a call asks for, or what refuses it, and what makes the body of its errors.

    Args:
        call: of HTTP.
        routes: by path.
        model_path: where the model itself is.
    """
    route = _at(call, routes)
    action = route.actions.get("GET" if call.method == "HEAD" else call.method)

    def refuse(call: Call, line: Line) -> Answer:
        if not route.actions:
            raise NotFound(f"there is nothing at {call.path}, the model is at {model_path}")
        allowed = ", ".join(["HEAD", *route.actions])
        raise MethodNotAllowed(f"use one of {allowed}, not {call.method}", Allow=allowed)

    return action or refuse, route.error


def _at(call: Call, routes: Mapping[str, Route]) -> Route:
    """Find a path, by its end where what stands before it cannot be known."""
    for path, route in routes.items():
        if call.path == path or (call.below_base_path and call.path.endswith(path)):
            return route
    for path, route in routes.items():
        if path.endswith("/*") and path[:-1] in call.path:
            return route
    return Route({})
