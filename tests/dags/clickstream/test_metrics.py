"""What CloudWatch is told arrives there, and what does not arrive is told in the log and fails nothing."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from clickstream import metrics
from local_aws.clients import REGION, local_client
from local_aws.safety import local_environment
from tests.dags.clickstream.builders import ledger

DIMENSIONS = [{"Name": "Environment", "Value": "dev"}]


class Broken:
    """CloudWatch that answers with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def put_metric_data(self, **_: Any) -> None:
        raise self._error


def test_the_values_arrive_with_their_dimension(local_aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in local_environment(local_aws.endpoint_url, {}).items():
        monkeypatch.setenv(name, value)
    cloudwatch = metrics.connect(REGION)
    metrics.send_quarantined_share(cloudwatch, "dev", ledger(lines=100, blank=0, quarantined={"x": 3}), pytest.fail)
    metrics.send_published_days(cloudwatch, "dev", 2, pytest.fail)
    found = local_client("cloudwatch", local_aws.endpoint_url).list_metrics(Namespace="Clickstream")["Metrics"]
    assert sorted((one["MetricName"], one["Dimensions"]) for one in found) == [
        ("PublishedDays", DIMENSIONS), ("QuarantinedShare", DIMENSIONS)
    ]  # fmt: skip


def test_the_share_is_of_the_records_that_are_not_blank() -> None:
    sent: list[dict[str, Any]] = []

    class CloudWatch:
        def put_metric_data(self, **arguments: Any) -> None:
            sent.append(arguments)

    metrics.send_quarantined_share(CloudWatch(), "dev", ledger(lines=110, blank=10, quarantined={"x": 3}), pytest.fail)
    assert sent == [
        {
            "Namespace": "Clickstream",
            "MetricData": [{"MetricName": "QuarantinedShare", "Dimensions": DIMENSIONS, "Value": 0.03, "Unit": "None"}],
        }
    ]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "PutMetricData"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "EndpointConnectionError"),
    ],
    ids=["refused", "not reached"],
)
def test_what_cannot_be_sent_is_told_and_not_raised(error: Exception, reason: str) -> None:
    told: list[str] = []
    metrics.send_published_days(Broken(error), "dev", 1, told.append)
    assert told == [f"the metric Clickstream/PublishedDays = 1 of dev was not sent: {reason}"]
