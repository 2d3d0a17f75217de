import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import BadRequest
from serving.forms import fields

CURL = "multipart/form-data; boundary=------------------------d74496d66958873e"


def part(name: str, content: bytes, *headers: str) -> bytes:
    """A part of a form as curl sends it."""
    head = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return b"--------------------------d74496d66958873e\r\n" + (
        "\r\n".join(head).encode() + b"\r\n\r\n" + content + b"\r\n"
    )


END = b"--------------------------d74496d66958873e--\r\n"


@given(image=st.binary(), number=st.integers())
def test_the_fields_of_a_form_are_read(image: bytes, number: int) -> None:
    body = (
        part("image", image, "Content-Type: image/jpeg")
        + part("n_predictions", str(number).encode())
        + END
    )
    assert fields(body, CURL) == {"image": image, "n_predictions": str(number).encode()}


def test_a_file_name_is_not_the_name_of_the_field() -> None:
    head = b'\r\ncontent-disposition: form-data; filename="name=x"; name=image\r\n\r\n1'
    body = b"--b" + head + b"\r\n--b--"
    assert fields(body, 'Multipart/Form-Data; charset=utf-8; Boundary="b"') == {"image": b"1"}


def test_line_ends_of_a_field_are_its_own() -> None:
    assert fields(part("image", b"\r\n\r\n--\r\n") + END, CURL) == {"image": b"\r\n\r\n--\r\n"}


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (END, "multipart/form-data", "must name a boundary"),
        (END, "multipart/form-data; boundary=", "must name a boundary"),
        (b"", CURL, "cut off"),
        (b"\xff\xd8\xff", CURL, "cut off"),
        (part("image", b"123"), CURL, "cut off"),
        (part("image", b"1") + part("image", b"2") + END, CURL, "field image twice"),
        (b"--b\r\nContent-Type: image/png\r\n\r\n1\r\n--b--", "; boundary=b", "must have a name"),
        (b"--b\r\n--b--", "; boundary=b", "must have a name"),
    ],
)
def test_what_is_no_form_is_refused_with_the_reason(
    body: bytes, content_type: str, message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        fields(body, content_type)


@given(body=st.binary(), content_type=st.text())
def test_whatever_is_sent_has_fields_or_is_refused(body: bytes, content_type: str) -> None:
    for header in (content_type, "; boundary=b"):
        try:
            assert all(isinstance(content, bytes) for content in fields(body, header).values())
        except BadRequest as refused:
            assert "form" in str(refused)
