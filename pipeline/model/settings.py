"""A model's settings: lines `NAME=value` of its `model.env`, and exported variables, which win.

A new setting is a line of `SETTINGS`; with the name of a parameter it reaches `template.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SettingsError
from pipeline.model.combinations import check_together
from pipeline.model.golden import MOST_REQUESTS

MODEL_ENV = "model.env"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MB_PER_VCPU = 1769
ASSIGNMENT = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
HOSTS_AND_PORTS = r"([a-z0-9.-]+:[0-9]+(,[a-z0-9.-]+:[0-9]+)*)?"
ORIGINS = r"(\*|https?://[a-z0-9.-]+(:[0-9]+)?(,https?://[a-z0-9.-]+(:[0-9]+)?)*)?"
DEPLOYMENTS = (
    *("at-once", "checked", "canary10-5m", "canary10-10m", "canary10-15m", "canary10-30m"),
    *("linear10-1m", "linear10-2m", "linear10-3m", "linear10-10m"),
)
TOPIC = r"(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?"
CRON = r"((cron|rate)\([^()]+\))?"
CERTIFICATE = r"(arn:aws[a-zA-Z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+)?"
WEB_ACL = r"(arn:aws[a-z-]*:wafv2:.+:regional/webacl/.+)?"
MODEL_URI = r"(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._/=+-]{1,300})?"
NONE_OR_NUMBER = r"(none|[1-9][0-9]{0,4})?"
DAYS = "1 3 5 7 14 30 60 90 120 150 180 365 400 545 731"


def _matching(pattern: str) -> Callable[[str], str | None]:
    return lambda value: None if re.fullmatch(pattern, value) else f"match {pattern}"


def _one_of(*values: str) -> Callable[[str], str | None]:
    return lambda value: None if value in values else f"be one of {', '.join(values)}"


def _number(lowest: int, highest: int) -> Callable[[str], str | None]:
    def broken_rule(value: str) -> str | None:
        inside = re.fullmatch(r"[0-9]{1,10}", value) and lowest <= int(value) <= highest
        return None if inside else f"be a whole number from {lowest} to {highest}"

    return broken_rule


class Setting(NamedTuple):
    """A setting: what it may be, and the template's parameter that it sets, if any."""

    name: str
    default: str
    broken_rule: Callable[[str], str | None]
    parameter: str = ""


# The bounds are those of template.yaml, which a test compares with these.
SETTINGS = (
    Setting("API_PATH", "/predict", _matching(r"(/[A-Za-z0-9._~-]+)+"), "ApiPath"),
    Setting("ARCHITECTURE", "x86_64", _one_of("x86_64", "arm64"), "Architecture"),
    Setting("MEMORY_SIZE", str(MB_PER_VCPU), _number(128, 10240), "MemorySize"),
    Setting("TIMEOUT", "29", _number(1, 900), "Timeout"),
    Setting("EPHEMERAL_STORAGE_SIZE", "512", _number(512, 10240), "EphemeralStorageSize"),
    Setting("THROTTLING_RATE", "50", _number(1, 10000), "ThrottlingRate"),
    Setting("THROTTLING_BURST", "100", _number(1, 5000), "ThrottlingBurst"),
    Setting("SNAPSTART", "off", _one_of("off", "on"), "SnapStart"),
    Setting("PROVISIONED_CONCURRENCY", "0", _number(0, 10_000), "ProvisionedConcurrency"),
    Setting("PROVISIONED_MAX", "0", _number(0, 10_000), "ProvisionedMax"),
    Setting("PROVISIONED_START", "", _matching(CRON), "ProvisionedStart"),
    Setting("PROVISIONED_END", "", _matching(CRON), "ProvisionedEnd"),
    Setting("DEPLOYMENT", "", _one_of("", *DEPLOYMENTS), "Deployment"),
    Setting("RECORD", "0", _number(0, MOST_REQUESTS), "RecordedRequests"),
    Setting("SHIFT_LATENCY_MS", "10000", _number(10, 900_000), "ShiftLatencyMs"),
    Setting("RESERVED_CONCURRENCY", "", _matching(NONE_OR_NUMBER), "ReservedConcurrency"),
    Setting("MAX_REQUEST_BYTES", "6291456", _number(1, 6291456), "MaxRequestBytes"),
    Setting("ALERT_EMAIL", "", _matching("([^@ ,]+@[^@ ,]+)?"), "AlertEmail"),
    Setting("ALERT_TOPIC", "", _matching(TOPIC), "AlertTopic"),
    Setting("LATENCY_ALARM_MS", "0", _number(0, 900_000), "LatencyAlarmMs"),
    Setting("METRICS", "off", _one_of("off", "on"), "Metrics"),
    Setting("DRIFT", "off", _one_of("off", "on"), "Drift"),
    Setting("DASHBOARD", "off", _one_of("off", "on"), "Dashboard"),
    Setting("LOG_RETENTION_DAYS", "30", _one_of(*DAYS.split()), "LogRetentionDays"),
    Setting("URL_ALLOW_LIST", "", _matching(HOSTS_AND_PORTS), "UrlAllowList"),
    Setting("CORS_ORIGINS", "", _matching(ORIGINS), "CorsOrigins"),
    Setting("DOOR", "rest", _one_of("rest", "http", "url"), "Door"),
    Setting("AUTH", "", _one_of("", "none", "key", "iam", "jwt"), "Auth"),
    Setting("PAGE", "", _one_of("", "open", "closed"), "Page"),
    Setting("JWT_ISSUER", "", _matching(r"(https://[^ ,]+)?"), "JwtIssuer"),
    Setting("JWT_AUDIENCE", "", _matching(r"([^ ,]+(,[^ ,]+)*)?"), "JwtAudience"),
    Setting("KEY_QUOTA", "1000000", _number(1, 1_000_000_000), "KeyQuota"),
    Setting("DOMAIN_NAME", "", _matching(r"([a-z0-9-]+(\.[a-z0-9-]+)+)?"), "DomainName"),
    Setting("CERTIFICATE_ARN", "", _matching(CERTIFICATE), "CertificateArn"),
    Setting("HOSTED_ZONE_ID", "", _matching(r"(Z[A-Z0-9]{1,31})?"), "HostedZoneId"),
    Setting("WEB_ACL_ARN", "", _matching(WEB_ACL), "WebAclArn"),
    Setting("MODEL_URI", "", _matching(MODEL_URI), "ModelUri"),
    Setting("MODEL_URI_SHA256", "", _matching("([0-9a-f]{64})?"), "ModelSha256"),
    Setting("SWAP", "layer", _one_of("layer", "s3")),
    Setting("CONTEXT_ALLOW", "", _matching(r"[^,]*(,[^,]+)*")),
    Setting("ALLOW_DIRTY", "no", _one_of("no", "yes")),
    Setting("RUNTIME_VERSION", "3.11", _matching(r"3\.[0-9]{1,2}")),
    Setting("NETWORK", "no", _one_of("no", "yes")),
    Setting("WHEELHOUSE", "0", _one_of("0", "1")),
    Setting("WHEELS_FOR", "app/requirements.txt", _matching(r"[\w.-]+(/[\w.-]+)*")),
)


def read_model_env(path: Path) -> dict[str, str]:
    """Read the assignments of a `model.env`; there are none where there is no such file.

    Raises:
        SettingsError: a line that is neither an assignment, a comment nor empty.
    """
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        assignment = ASSIGNMENT.fullmatch(line.strip())
        if not assignment:
            raise SettingsError(f"{path} line {number}: must be NAME=value, got {line!r}")
        found[assignment["name"]] = assignment["value"].strip()
        if found[assignment["name"]][:1] in ("'", '"'):
            raise SettingsError(f"{path} line {number}: write the value without quotes")
    return found


def settings(model_env: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Give every setting its value: the exported one, else the file's, else the default.

    Raises:
        SettingsError: a value that breaks its setting's rule.
    """
    found = {}
    for setting in SETTINGS:
        value = environ.get(setting.name) or model_env.get(setting.name) or setting.default
        rule = setting.broken_rule(value)
        if rule:
            raise SettingsError(f"{setting.name} must {rule}, got {value!r}")
        found[setting.name] = value
    check_together(found)
    return found
