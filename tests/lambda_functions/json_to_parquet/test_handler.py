import json
import logging
from typing import Any
from urllib.parse import quote_plus

import pytest

from clickstream.catalog import Catalog
from clickstream.settings import variable
from json_to_parquet import handler
from json_to_parquet.convert import WRITTEN
from tests.corpus import ARRIVAL_DAY, line
from tests.promise.deployment import deploy, put_raw

SECRETS = ("192.0.2.77", "Mozilla/5.0 (Secret)", "jane.doe", "not-a-uuid")


@pytest.fixture
def catalog(local_aws: Any, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A deployment, to which the function's environment leads."""
    made = deploy(local_aws.endpoint_url)
    for option in ("environment", "account_id", "region"):
        monkeypatch.setenv(variable(option), getattr(made.settings, option))
    for name, value in {
        "ENDPOINT_URL": local_aws.endpoint_url,
        "ACCESS_KEY_ID": "local",
        "SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    handler._catalog.cache_clear()
    return made


def event(catalog: Catalog, *keys: str) -> dict[str, Any]:
    bucket = {"name": catalog.settings.name("raw_bucket")}
    return {"Records": [{"s3": {"bucket": bucket, "object": {"key": quote_plus(key)}}} for key in keys]}


def test_what_cannot_be_read_is_named_after_all_were_tried(
    catalog: Catalog, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    private = {"ip_address": SECRETS[0], "user_agent": SECRETS[1], "page_url": f"/p?email={SECRETS[2]}@x.org"}
    good = put_raw(
        catalog, ARRIVAL_DAY, [line("h", **private), line("h", 1, event_id=SECRETS[3]), b"{" + SECRETS[2].encode()]
    )
    bad = good.replace(".gz", "-bad.gz")
    catalog.s3.put_object(Bucket=catalog.settings.name("raw_bucket"), Key=bad, Body=SECRETS[2].encode())
    with pytest.raises(handler.NotConverted) as raised:
        handler.handle(event(catalog, bad, good), None)
    assert str(raised.value) == f"{bad}: not gzip: other bytes where a gzip member should begin"
    assert len([*catalog.list_objects("processed_bucket", "")]) == 1
    printed = capsys.readouterr().out
    reasons = [json.loads(text) for text in printed.splitlines() if "Reason" in text]
    assert {one["Reason"]: one["LiveQuarantined"] for one in reasons} == {
        "invalid_event_id": 1, "malformed_json": 1, "unreadable_object": 1
    }  # fmt: skip
    shown = printed + caplog.text + str(raised.value)
    assert good in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_an_error_from_elsewhere_is_told_by_its_kind(catalog: Catalog, monkeypatch: Any, caplog: Any) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"could not convert {SECRETS[2]}")

    monkeypatch.setattr(handler, "convert", fail)
    key = put_raw(catalog, ARRIVAL_DAY, [line("h")])
    with pytest.raises(handler.NotConverted) as raised:
        handler.handle(event(catalog, key), None)
    assert (str(raised.value), raised.value.__suppress_context__) == (f"{key}: ValueError", True)
    assert "fail:" in caplog.text
    assert SECRETS[2] not in caplog.text


def test_a_missing_setting_is_named(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable("region"))
    with pytest.raises(handler.NotConverted, match=f"{variable('region')} is not set"):
        handler.handle(event(catalog, "events/x.gz"), None)


def test_the_outcome_of_each_object_is_returned(catalog: Catalog) -> None:
    key = put_raw(catalog, ARRIVAL_DAY, [line("h")])
    assert handler.handle(event(catalog, key), None) == {key: WRITTEN}
    assert handler.handle({"Event": "s3:TestEvent"}, None) == {}
