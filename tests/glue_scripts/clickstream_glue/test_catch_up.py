"""What the job adds to `clickstream.catch_up` (tests/dags/clickstream/test_catch_up.py): Glue's frame, Spark's runs."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from clickstream_glue import catch_up
from clickstream_glue.arguments import parse_catch_up

DAY = date(2026, 3, 5)
ARGUMENTS = parse_catch_up(
    {"environment": "dev", "account_id": "123456789012", "region": "eu-west-1", "JOB_RUN_ID": "jr_1"}
    | {"max_quarantined_share": "0.5", "allow_empty": "true"}
)


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the job did, in order: the frame's options, what catch-up was given, the run of the day that it built."""
    did: list[Any] = []

    class CatchUp:
        def __init__(self, catalog: Any, build: Any, tell: Any, share: float, allow_empty: bool, count: Any) -> None:
            self._build, self._count = build, count
            did.append((catalog.settings, share, allow_empty))

        def run(self, now: datetime) -> None:
            assert now.utcoffset() is not None
            did.append(self._build(DAY))
            self._count(1)

    monkeypatch.setattr(catch_up, "CatchUp", CatchUp)
    monkeypatch.setattr(catch_up, "connect", lambda settings: SimpleNamespace(settings=settings, s3="s3"))
    monkeypatch.setattr(catch_up, "run_day", lambda run: (run.spark, run.s3, run.arguments))
    monkeypatch.setattr(catch_up.metrics, "connect", lambda region: region)
    for name in ("send_quarantined_share", "send_published_days"):
        monkeypatch.setattr(catch_up.metrics, name, lambda *told, name=name: did.append((name, *told[:3])))
    reader = SimpleNamespace(from_options=lambda **options: did.append(options))
    glue = SimpleNamespace(spark_session="spark", create_dynamic_frame=reader)
    catch_up.run_catch_up(glue, ARGUMENTS, print)
    return did


def test_raw_objects_are_noted_for_the_bookmark_before_anything_is_looked_at(did: list[Any]) -> None:
    assert did[0] == {
        "connection_type": "s3",
        "connection_options": {"paths": ["s3://clickstream-raw-dev-123456789012/events/"], "recurse": True},
        "format": "json",
        "transformation_ctx": "raw_objects",
    }


def test_the_jobs_options_hold_for_every_day(did: list[Any]) -> None:
    assert did[1] == (ARGUMENTS.settings, 0.5, True)


def test_a_day_is_built_whole_by_a_run_of_its_own(did: list[Any]) -> None:
    assert did[3] == ("spark", "s3", ARGUMENTS.of_day(DAY))


def test_cloudwatch_is_told_of_each_ledger_and_of_what_was_published(did: list[Any]) -> None:
    assert did[2] == ("send_quarantined_share", "eu-west-1", "dev", did[3])
    assert did[4] == ("send_published_days", "eu-west-1", "dev", 1)
