"""Settings that do not go together; the template's rules say the same of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.errors import SettingsError

Values = Mapping[str, str]
API_SECONDS = 29


class Combination(NamedTuple):
    """What does not go together: whether settings have it, and what to do."""

    is_wrong: Callable[[Values], bool]
    message: str


COMBINATIONS = (
    Combination(
        lambda values: values["AUTH"] == "key" and values["DOOR"] != "rest",
        "only a REST API knows API keys: take DOOR=rest, or AUTH=iam",
    ),
    Combination(
        lambda values: values["AUTH"] == "jwt" and values["DOOR"] != "http",
        "only an HTTP API checks tokens: take DOOR=http, or AUTH=iam",
    ),
    Combination(
        lambda values: (
            values["AUTH"] == "jwt" and not (values["JWT_ISSUER"] and values["JWT_AUDIENCE"])
        ),
        "AUTH=jwt needs JWT_ISSUER and JWT_AUDIENCE",
    ),
    Combination(
        lambda values: bool(values["WEB_ACL_ARN"]) and values["DOOR"] != "rest",
        "AWS WAF stands before REST APIs only: take DOOR=rest, or no WEB_ACL_ARN",
    ),
    Combination(
        lambda values: bool(values["DOMAIN_NAME"]) and values["DOOR"] == "url",
        "a function URL has no domain of your own: take DOOR=rest or http",
    ),
    Combination(
        lambda values: bool(values["DOMAIN_NAME"]) and not values["CERTIFICATE_ARN"],
        "DOMAIN_NAME needs its CERTIFICATE_ARN",
    ),
    Combination(
        lambda values: values["SNAPSTART"] == "on" and values["PROVISIONED_CONCURRENCY"] != "0",
        "SnapStart and provisioned concurrency do not go together: take one of them",
    ),
    Combination(
        lambda values: values["SNAPSTART"] == "on" and values["EPHEMERAL_STORAGE_SIZE"] != "512",
        "SnapStart has 512 MB of /tmp: leave EPHEMERAL_STORAGE_SIZE out, or take SNAPSTART=off",
    ),
    Combination(
        lambda values: (
            values["PROVISIONED_MAX"] != "0"
            and not 1 <= int(values["PROVISIONED_CONCURRENCY"]) <= int(values["PROVISIONED_MAX"])
        ),
        "PROVISIONED_MAX needs PROVISIONED_CONCURRENCY, how many are always ready, from 1 to it",
    ),
    Combination(
        lambda values: bool(values["PROVISIONED_START"]) != bool(values["PROVISIONED_END"]),
        "PROVISIONED_START and PROVISIONED_END go together: when it begins, and when it ends",
    ),
    Combination(
        lambda values: bool(values["PROVISIONED_START"]) and values["PROVISIONED_MAX"] == "0",
        "a schedule needs PROVISIONED_MAX: how many there are at most meanwhile",
    ),
    Combination(
        lambda values: bool(values["MODEL_URI"]) != bool(values["MODEL_URI_SHA256"]),
        "MODEL_URI and MODEL_URI_SHA256 go together: where the model's file is, and which one",
    ),
    Combination(
        lambda values: bool(values["ALERT_EMAIL"]) and bool(values["ALERT_TOPIC"]),
        "alarms go to ALERT_EMAIL or to ALERT_TOPIC: subscribe the address to the topic",
    ),
    Combination(
        lambda values: int(values["TIMEOUT"]) > API_SECONDS and values["DOOR"] != "url",
        f"an API gives up after {API_SECONDS} seconds: take a shorter TIMEOUT, or DOOR=url",
    ),
)


# Only prod refuses these.
IN_PROD = Combination(
    lambda values: (
        values["DOOR"] == "url"
        and values["AUTH"] == "none"
        and values["RESERVED_CONCURRENCY"] == "none"
    ),
    "a function URL has no throttling: with AUTH=none in prod it needs RESERVED_CONCURRENCY",
)


def check_in_stage(stage: str, values: Values) -> None:
    """Refuse settings that do not go together in a stage.

    Raises:
        SettingsError: two that do not; the message says what to take instead.
    """
    if stage == "prod" and IN_PROD.is_wrong(values):
        raise SettingsError(IN_PROD.message)


def check_together(values: Values) -> None:
    """Refuse settings of which each is right and that do not go together.

    Args:
        values: of all settings, by name.

    Raises:
        SettingsError: two that do not; the message says what to take instead.
    """
    for one in COMBINATIONS:
        if one.is_wrong(values):
            raise SettingsError(one.message)
