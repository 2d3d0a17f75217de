"""The contract of a handler: what it takes and answers, read from its annotations."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Generic, TypeVar, get_type_hints

import msgspec

from serving.errors import BadRequest, UnsupportedMediaType
from serving.events import Call
from serving.log import WITH_DRIFT, Line, milliseconds_since

R = TypeVar("R")
A = TypeVar("A")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some programs on Windows write it before UTF-8
Reader = Callable[[bytes, str, Mapping[str, str]], R]


class Contract(Generic[R, A]):
    """Requests in and answers out, both checked; the decoders are built once."""

    def __init__(self, handler: Callable[[R], A], readers: Mapping[str, Reader[R]]) -> None:
        """Build decoders of a handler's annotations; keep its readers by content type.

        Raises:
            TypeError: an annotation is missing, or is a type that JSON cannot carry.
        """
        types = get_type_hints(handler, include_extras=True)
        if len(types) != 2 or "return" not in types:
            raise TypeError("annotate the handler: def handler(request: Request) -> Answer")
        self.request_type, self.answer_type = types.values()
        self.readers = {name.lower(): reader for name, reader in readers.items()}
        self._requests: msgspec.json.Decoder[R] = msgspec.json.Decoder(self.request_type)
        self._answers: msgspec.json.Decoder[A] = msgspec.json.Decoder(self.answer_type)

    def request(self, call: Call) -> R:
        """Decode and check a call's request.

        Raises:
            BadRequest: the body breaks the contract; the message names the field and the rule.
            UnsupportedMediaType: the body is not JSON, and its content type has no reader.
        """
        header = call.header("content-type")
        content_type = header.partition(";")[0].strip().lower()
        if reader := self.readers.get(content_type):
            return reader(call.body(), header, call.query())
        subtype = content_type.removeprefix("application/")
        if content_type and subtype != "json" and not subtype.endswith("+json"):
            taken = " or ".join(["application/json", *self.readers])
            raise UnsupportedMediaType(f"Content-Type {content_type} is not supported, use {taken}")
        return self._decode(call.body())

    def _decode(self, body: bytes) -> R:
        body = body.removeprefix(BYTE_ORDER_MARK)
        if not body.strip():
            raise BadRequest("the body is empty: send a JSON document")
        try:
            return self._requests.decode(body.decode())
        except msgspec.ValidationError as error:
            from serving.faults import faults, joined

            found = faults(body.decode(), self.request_type)
            raise BadRequest(joined(found) or field_first(str(error))) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRequest(field_first(str(error))) from error

    def run(self, handler: Callable[[R], A], call: Call, line: Line) -> bytes:
        """Answer a call by a handler: its request checked, its answer checked, both timed."""
        started = perf_counter()
        request = self.request(call)
        line.parse_ms = milliseconds_since(started)
        started = perf_counter()
        answer = handler(request)
        line.predict_ms = milliseconds_since(started)
        body = self.answer(answer)
        if WITH_DRIFT:
            from serving.drift import sketches

            line.drift = sketches(self.request_type, self._answers, request, body)
        return body

    def answer(self, answer: A) -> bytes:
        """Encode an answer as JSON and check it; a number that is not finite becomes null.

        Raises:
            TypeError: the answer is not of the annotated type; the message names the place.
        """
        try:
            # NumPy's scalars and arrays, which msgspec does not know, have `tolist`.
            body = msgspec.json.encode(answer, enc_hook=lambda value: value.tolist())
        except Exception as error:
            from serving.places import place

            raise TypeError(f"the answer{place(answer)} cannot be JSON: {error}") from error
        try:
            self._answers.decode(body)
        except msgspec.DecodeError as error:
            raise TypeError(f"the answer's {field_first(str(error))}") from error
        return body


def field_first(problem: str) -> str:
    """Turn "Expected `float`, got `str` - at `$.x[3]`" into "x[3]: expected float, got str"."""
    problem = problem.replace("Input data was truncated", "JSON is malformed: it ends too early")
    rule, _, place = problem.replace("`", "").partition(" - at ")
    field = place.removeprefix("$").removeprefix(".")
    return f"{field}: {rule[:1].lower()}{rule[1:]}" if field else rule
