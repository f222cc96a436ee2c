"""What CloudWatch is told, and terraform/alarms.tf waits for. The names are ``metrics`` of pipeline.json.

A value is sent once the thing is done. Who does it again sends it again: the alarms take the largest of an hour, or
ask whether there was any.
"""

from collections.abc import Callable
from typing import Any

from clickstream.aws_errors import error_code
from clickstream.ledger import Ledger
from clickstream.resources import read_json

Tell = Callable[[str], None]

# botocore's Config for this: who cannot reach CloudWatch is not kept for long. Seconds.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 5,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}


def connect(region: str) -> Any:
    """boto3's client, with the caller's credentials."""
    import boto3
    from botocore.config import Config

    return boto3.client("cloudwatch", region_name=region, config=Config(**PATIENCE))


def send_quarantined_share(cloudwatch: Any, environment: str, ledger: Ledger, tell: Tell) -> None:
    """Of one run of an arrival day: quarantined records by records that are not blank, 0 to 1."""
    _send(cloudwatch, environment, "quarantined_share", ledger.quarantined_share, "None", tell)


def send_published_days(cloudwatch: Any, environment: str, days: int, tell: Tell) -> None:
    """Arrival days that a publication made visible or showed anew."""
    _send(cloudwatch, environment, "published_days", float(days), "Count", tell)


def _send(cloudwatch: Any, environment: str, role: str, value: float, unit: str, tell: Tell) -> None:
    """``cloudwatch``: boto3's client. What cannot be sent is told, not raised: what it measures is done and right."""
    names = read_json("pipeline.json")["metrics"]
    dimensions = [{"Name": names["dimension"], "Value": environment}]
    data = {"MetricName": names[role], "Dimensions": dimensions, "Value": value, "Unit": unit}
    try:
        cloudwatch.put_metric_data(Namespace=names["namespace"], MetricData=[data])
    except Exception as error:  # whatever it is, the run is as good
        reason = error_code(error) or type(error).__name__
        tell(f"the metric {names['namespace']}/{names[role]} = {value:g} of {environment} was not sent: {reason}")
