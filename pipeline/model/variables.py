"""Variables of the function that the template has no parameter for.

`ENV_NAME=value` in `model.env` is the variable `NAME` of the function; an exported `ENV_NAME` wins
where the file has one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.errors import SettingsError

PREFIX = "ENV_"
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
MAX_BYTES = 4096
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = frozenset(
    """
    _HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV
    AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION
    AWS_LAMBDA_FUNCTION_TIMEOUT AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME
    AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API AWS_LAMBDA_MAX_CONCURRENCY
    AWS_LAMBDA_METADATA_API AWS_LAMBDA_METADATA_TOKEN AWS_ACCESS_KEY AWS_ACCESS_KEY_ID
    AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR
    """.split()
)
# What template.yaml itself sets, from settings of these or other names.
OWN = frozenset(
    {
        *("API_AUTH", "API_PATH", "CORS_ORIGINS", "DRIFT", "MAX_REQUEST_BYTES", "METRICS"),
        *(
            "MODEL_NAME",
            "MODEL_RELEASE",
            "MODEL_URI_SHA256",
            "MODEL_URI",
            "RECORD",
            "RECORD_TO",
            "URL_ALLOW_LIST",
        ),
    }
)
OWN_BYTES = 1024  # kept for their values


def variables(model_env: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Find the function's variables in the assignments of a `model.env`.

    Raises:
        SettingsError: a name that Lambda or the template keeps for itself, or too much text.
    """
    names = [name for name in model_env if name.startswith(PREFIX)]
    values = {name: environ.get(name) or model_env[name] for name in names}
    found = {name[len(PREFIX) :]: value for name, value in values.items()}
    for name in found:
        _check_name(name)
    size_bytes = sum(len(name) + len(value.encode()) for name, value in found.items())
    if size_bytes > MAX_BYTES - OWN_BYTES:
        raise SettingsError(
            f"the function's variables have {size_bytes:,} bytes, at most"
            f" {MAX_BYTES - OWN_BYTES:,} fit: put long values into a file of the image"
        )
    return found


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"{PREFIX}{name}: a variable's name has two or more upper-case letters, digits and"
            " underscores, a letter first"
        )
    if name in RESERVED:
        raise SettingsError(f"{PREFIX}{name}: Lambda sets {name} itself; take another name")
    if name in OWN:
        raise SettingsError(f"{PREFIX}{name}: set {name} as a setting, without {PREFIX}")
