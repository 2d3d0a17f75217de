"""The log line as metrics of CloudWatch, in its embedded format; imported where METRICS is on.

CloudWatch reads the metrics out of the log: no request waits for it.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from os import environ
from time import time
from typing import Any

import msgspec

NAMESPACE = "Models"
TIMES = ("parse_ms", "predict_ms", "total_ms")
COUNTS = ("cold_starts", "refused", "errors", "tokens")
MODEL = environ.get("MODEL_NAME") or "model"


def embedded(line: Any) -> dict[str, Any]:
    """Give a line of the log with what makes metrics of its numbers, by model and release.

    Args:
        line: of `serving.log`; a number that it has not is no metric.
    """
    record = {key: one for key, one in msgspec.to_builtins(line).items() if one is not None}
    record["model"] = MODEL
    record["cold_starts"] = int(line.cold_start)
    record["refused"] = int(400 <= line.status < 500)
    record["errors"] = int(line.status >= 500)
    units = [(name, "Milliseconds") for name in TIMES] + [(name, "Count") for name in COUNTS]
    metrics = [{"Name": name, "Unit": unit} for name, unit in units if name in record]
    told = {
        "Namespace": NAMESPACE,
        "Dimensions": [["model", "release"]],
        "Metrics": metrics,
    }
    record["_aws"] = {"Timestamp": int(time() * 1000), "CloudWatchMetrics": [told]}
    return record
