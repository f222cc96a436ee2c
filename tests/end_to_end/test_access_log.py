"""Real input: a web server's access log, replayed into Firehose, through the DAG, to the view."""

import gzip
import io
import json
import os
import re
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from local_airflow.environment import REPOSITORY

pytestmark = pytest.mark.slow
LOG = REPOSITORY.parent / "shared" / "data" / "apache_access_log.gz"
DAYS = [f"2015-05-{day}" for day in (17, 18, 19, 20)]
XCOMS = "/api/v2/dags/clickstream_daily/dagRuns/~/taskInstances/~/xcomEntries?limit=100"
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')


@pytest.fixture(scope="module")
def lines():
    if not LOG.exists():
        if os.environ.get("CI") and LOG.parent.parent.exists():
            pytest.fail(f"{LOG} is missing")
        pytest.skip("the real access log is not beside this checkout (../shared/data)")
    return gzip.decompress(LOG.read_bytes()).splitlines()


@pytest.fixture(scope="module")
def imported(pipeline, lines, tmp_path_factory):
    summary = pipeline.send(
        "import_access_log.py", str(LOG), "--site", "https://www.example.org",
        summary=tmp_path_factory.mktemp("log") / "summary.json",
    )  # fmt: skip
    states = pipeline.backfill(date.fromisoformat(DAYS[0]), date.fromisoformat(DAYS[-1]))
    assert states == dict.fromkeys(DAYS, "success")
    return summary


@pytest.fixture(scope="module")
def addresses(lines):
    return {line.split(b" ", 1)[0] for line in lines}


@pytest.fixture(scope="module")
def agents(lines):
    """User agents long enough to be told from ordinary text."""
    quoted = [_QUOTED.findall(line) for line in lines]
    return {fields[2] for fields in quoted if len(fields) == 3 and len(fields[2]) > 15}


def test_every_line_is_accounted_for(pipeline, imported, lines):
    ledgers = [pipeline.ledger(day) for day in DAYS]
    assert all(ledger.problems() == [] for ledger in ledgers)
    sent = sum(ledger.records for ledger in ledgers)
    assert sent + len(imported["unreadable"]) + imported["blank"] == len(lines) == 10_000
    assert sum(ledger.duplicates for ledger in ledgers) == imported["duplicates"] == 19
    assert sum(ledger.accepted for ledger in ledgers) == 10_000 - 19 - len(imported["unreadable"])


def test_the_truncated_line_is_reported_by_number(imported):
    assert [entry["line"] for entry in imported["unreadable"]] == [8899]


def test_the_view_shows_every_accepted_line(pipeline, imported):
    (row,) = pipeline.ask("SELECT count(*) AS n FROM clickstream_events WHERE year = '2015'")
    assert int(row["n"]) == sum(pipeline.ledger(day).main_rows for day in DAYS)


def test_bots_are_flagged(pipeline, imported):
    (row,) = pipeline.ask(
        "SELECT count_if(is_bot) AS bots, count_if(device_type = 'bot') AS devices, count(*) AS n "
        "FROM clickstream_events WHERE year = '2015'"
    )
    assert row["bots"] == row["devices"]
    assert 0.05 < int(row["bots"]) / int(row["n"]) < 0.5


def test_importing_again_adds_nothing(pipeline, imported, tmp_path):
    before = pipeline.ask(
        "SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM clickstream_events WHERE year = '2015'"
    )
    pipeline.send("import_access_log.py", str(LOG), "--site", "https://www.example.org", summary=tmp_path / "s.json")
    assert pipeline.run_by_form({"arrival_day": "2015-05-17"}) == "success"
    assert pipeline.ledger("2015-05-17").duplicates > pipeline.ledger("2015-05-17").accepted
    after = pipeline.ask(
        "SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM clickstream_events WHERE year = '2015'"
    )
    assert after == before


def test_no_client_address_and_no_user_agent_leaves_the_raw_zone(pipeline, imported, addresses, agents):
    for where, content in everything_but_raw(pipeline):
        assert not addresses & set(re.findall(rb"\d+\.\d+\.\d+\.\d+", content)), f"a client address is in {where}"
        assert not [agent for agent in agents if agent in content], f"a user agent is in {where}"


def test_the_search_for_addresses_and_agents_can_fail(pipeline, imported, addresses, agents):
    """The same search over the raw zone, where they are, finds them."""
    raw = b"".join(gzip.decompress(body) for body in pipeline.objects("raw_bucket", "events/year=2015/").values())
    assert addresses & set(re.findall(rb"\d+\.\d+\.\d+\.\d+", raw))
    assert [agent for agent in agents if agent in raw]


def everything_but_raw(pipeline):
    """Parquet as text, ledgers, quality, snapshots, query results, XCom, logs of Airflow, Glue and the function."""
    for key, body in {**pipeline.objects("processed_bucket"), **pipeline.objects("work_bucket", "candidates/")}.items():
        columns = pq.read_table(io.BytesIO(body)).to_pydict()
        yield key, "\n".join(str(value) for values in columns.values() for value in values).encode()
    for role, prefix in (("work_bucket", ""), ("results_bucket", "")):
        for key, body in pipeline.objects(role, prefix).items():
            yield key, body
    for path in [*Path(pipeline.airflow.home).rglob("*.log"), pipeline.aws.log]:
        yield path.name, path.read_bytes()
    for prefix in ("/aws-glue/", "/aws/lambda/"):
        yield from logs_of(pipeline, prefix)
    yield "XCom", json.dumps(pipeline.airflow.api.get(XCOMS)).encode()


def logs_of(pipeline, prefix):
    logs = pipeline.stack.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    assert groups
    for group in groups:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        events = [event["message"] for page in pages for event in page["events"]]
        yield group["logGroupName"], "\n".join(events).encode()
