"""What can go wrong with the local AWS.

LocalAwsError
└── PortTaken
"""


class LocalAwsError(Exception):
    """The local AWS cannot do what was asked; the message says what to do next."""


class PortTaken(LocalAwsError):
    """Another program listens on a port that the local AWS needs."""

    def __init__(self, port: int, variable: str) -> None:
        super().__init__(
            f"port {port} of 127.0.0.1 is taken by another program: stop that program, or choose "
            f"another port and another state folder: {variable}=… LOCAL_AWS_STATE=… local/aws start"
        )
