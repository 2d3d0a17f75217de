"""The errors that a caller is told about, each with an HTTP status.

    ServingError
    ├── BadRequest            400
    ├── Forbidden             403
    ├── NotFound              404
    ├── MethodNotAllowed      405
    ├── TooLarge              413
    ├── UnsupportedMediaType  415
    └── Unprocessable         422

Raise them with a message that names the field and the rule. Any other exception is answered with a
bare 500, and its traceback goes to the log alone. `NotARequest` alone leaves the function.
"""


class ServingError(Exception):
    """The base class; a child without a `status` of its own has its parent's."""

    status = 500

    def __init_subclass__(cls, status: int | None = None) -> None:
        """Set the class's HTTP status, as in `class NotFound(ServingError, status=404)`."""
        cls.status = status or cls.status

    def __init__(self, message: str, **headers: str) -> None:
        """Take what the caller reads, and headers for the answer."""
        super().__init__(message[:1000])  # it may quote the request, which may be megabytes
        self.headers = headers


class BadRequest(ServingError, status=400):
    """The request is not JSON, has the wrong shape or a value out of range."""


class Forbidden(ServingError, status=403):
    """The page that asks is not of an origin that may."""


class NotFound(ServingError, status=404):
    """Nothing is at that path."""


class MethodNotAllowed(ServingError, status=405):
    """The path does not take that method; the header `Allow` lists those that it takes."""


class TooLarge(ServingError, status=413):
    """The body, a file in it, or the answer is larger than its limit."""


class UnsupportedMediaType(ServingError, status=415):
    """The model does not take that content type."""


class Unprocessable(ServingError, status=422):
    """The request is well formed, but what it points to cannot be used."""


class NotARequest(Exception):
    """The event is none that can be answered; Lambda must not take it for done."""
