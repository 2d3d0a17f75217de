"""A model of photographs behind the doors: what it is, and `/invocations` with files or base64."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn

import msgspec
from msgspec import Meta

from apps.doors.model import Given
from apps.images.requests import MAX_URLS, PHOTOGRAPHS
from engines.tensor import KINDS, Port
from serving.contract import field_first
from serving.errors import BadRequest, NotFound, ServingError
from serving.photographs import Allowance

TEXT = KINDS[8]
FORMS = ("inputs", "instances")
Contents = Annotated[list[bytes], Meta(min_length=1, max_length=MAX_URLS)]
# Of a photograph's bytes, how many labels are asked for, and what decoding may cost.
Look = Callable[[bytes, int, Allowance | None], Any]


class Photographs:
    """A model of photographs, as `apps.doors.model.Model` has it; it takes no tensors."""

    media: Sequence[str] = (*PHOTOGRAPHS, "application/octet-stream")
    infers = False

    def __init__(self, look: Look, count: int, platform: str, outputs: Sequence[Port]) -> None:
        """Take what the app has made of the model.

        Args:
            look: what to answer to one photograph.
            count: how many labels are answered, 0 where there are none.
            platform: what runs it.
            outputs: of the model.
        """
        self._look, self._count, self.platform = look, count, platform
        self.inputs: Sequence[Port] = [Port("input_image", TEXT, ("N",))]
        self.outputs = outputs

    def predictions(self, form: str, value: Any) -> list[Any]:
        """What the model's own path answers to each photograph: the body, or base64 in a list."""
        if form == "file":
            return [self._look(value, self._count, None)]
        if form not in FORMS:
            rule = "the model takes photographs, send inputs: a list of them in base64"
            raise BadRequest(f"{form}: {rule}")
        allowance = Allowance()
        return [
            self._seen(f"{form}[{place}]", content, allowance)
            for place, content in enumerate(_contents(form, value))
        ]

    def _seen(self, place: str, content: bytes, allowance: Allowance) -> Any:
        try:
            return self._look(content, self._count, allowance)
        except ServingError as error:
            raise type(error)(f"{place}: {error}", **error.headers) from error

    def infer(self, given: Sequence[Given]) -> NoReturn:
        """Refuse tensors, which photographs are not.

        Raises:
            NotFound: always.
        """
        raise NotFound("the model takes photographs, not tensors")


def _contents(form: str, value: Any) -> list[bytes]:
    values = [value] if isinstance(value, str) else value
    try:
        return msgspec.convert({form: values}, dict[str, Contents])[form]
    except msgspec.ValidationError as error:
        # msgspec leaves the key of a dict out.
        raise BadRequest(field_first(str(error)).replace("[...]", form, 1)) from error
