from types import SimpleNamespace
from typing import Any

import pytest

from clickstream_glue import metrics

LEDGER: Any = SimpleNamespace(run_id="2026-03-05-jr_1", quarantined_share=0.25)


def test_a_days_share_is_sent_where_the_job_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    cloudwatch = SimpleNamespace(put_metric_data=lambda **arguments: sent.append(arguments))
    monkeypatch.setattr(metrics.metrics, "connect", lambda region: sent.append(region) or cloudwatch)
    metrics.report(LEDGER, {"environment": "dev", "region": "eu-west-1"}, pytest.fail)
    region, told = sent
    (data,) = told["MetricData"]
    assert (region, data["Dimensions"][0]["Value"], data["Value"]) == ("eu-west-1", "dev", 0.25)


@pytest.mark.parametrize("options", [{}, {"environment": "dev"}, {"region": "eu-west-1"}])
def test_a_run_that_belongs_nowhere_says_so(options: dict[str, str]) -> None:
    told: list[str] = []
    metrics.report(LEDGER, options, told.append)
    assert told == ["2026-03-05-jr_1: no metric was sent, which takes --environment and --region"]
