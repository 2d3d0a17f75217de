"""Each error has its status, and a child of one has its parent's."""

import pytest

from serving import errors


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ServingError", 500),
        ("BadRequest", 400),
        ("Forbidden", 403),
        ("NotFound", 404),
        ("MethodNotAllowed", 405),
        ("TooLarge", 413),
        ("UnsupportedMediaType", 415),
        ("Unprocessable", 422),
    ],
)
def test_each_error_has_its_status_and_stands_in_the_tree(name: str, status: int) -> None:
    assert getattr(errors, name).status == status
    assert f" {name} " in (errors.__doc__ or "").replace("\n", " ")


def test_a_child_without_a_status_has_its_parents() -> None:
    class BadImage(errors.BadRequest):
        """A model's own error."""

    assert BadImage("blurred").status == 400
    assert str(BadImage("blurred")) == "blurred"


def test_headers_are_given_by_name() -> None:
    assert errors.MethodNotAllowed("no", Allow="GET").headers == {"Allow": "GET"}
    assert errors.BadRequest("no").headers == {}


def test_a_long_message_is_cut() -> None:
    assert str(errors.BadRequest("x" * 5000)) == "x" * 1000
