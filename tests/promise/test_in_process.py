"""The in-process transform and the real Glue job are alike, so what is proved with the one holds for the other."""

import gzip
import io
import json
import random
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from clickstream import layout
from clickstream.catalog import Catalog
from clickstream.runs import RefusedRun
from clickstream.settings import Settings
from local_aws.clients import ACCOUNT_ID, REGION, local_client
from tests import corpus
from tests.promise.deployment import put_raw
from tests.promise.in_process import run_day

DAY = date(2024, 2, 29)
ANOTHER_NAME = {"run_id": "", "written_at": ""}


def buckets(endpoint: str, environment: str) -> Catalog:
    """Three plain buckets; a run needs no catalog."""
    settings = Settings(environment, ACCOUNT_ID, REGION)
    s3 = local_client("s3", endpoint)
    for role in ("raw_bucket", "processed_bucket", "work_bucket"):
        s3.create_bucket(Bucket=settings.name(role), CreateBucketConfiguration={"LocationConstraint": REGION})
    return Catalog(glue=None, s3=s3, athena=None, settings=settings)


def random_line(rng: random.Random) -> bytes:
    """Mostly good events of few ids and times, so that many meet; the rest bad in every way that both judge."""
    day = DAY + timedelta(days=rng.choice([0, 0, 0, 0, -1, -3, -7, -8, 1]))
    time = rng.choice(["00:00:00", "00:30:00.1239", "12:00:00.5", "23:59:59.999999"])
    event = corpus.event(
        "promise", rng.randrange(40), event_timestamp=f"{day}T{time}Z", page_title=rng.choice("xy"),
        event_type=rng.choice(["page_view", "search"]), user_id=rng.choice(["u", "", None, corpus.ABSENT]),
    )  # fmt: skip
    if rng.random() < 0.1:
        event[rng.choice(["event_id", "event_type", "event_timestamp", "session_id"])] = rng.choice([None, "", " "])
    whole = json.dumps(event).encode()
    return rng.choice(
        [whole] * 20 + [b"", b"  ", b"\r", whole + b"\r", whole[:-1], b"[1]", b'"x"', b'{"a": NaN}', b"{}"]
    )


def put_random_day(catalog: Catalog, seed: int) -> None:
    """Objects of several hours, one of them twice, one cut off and one that is no gzip."""
    rng = random.Random(seed)
    for number in range(6):
        lines = [random_line(rng) for _ in range(rng.randrange(60))]
        put_raw(catalog, DAY, lines, hour=rng.choice([0, 12, 22, 23]), name=f"{number}")
    again = put_raw(catalog, DAY, lines, hour=23, name="again")
    body = catalog.s3.get_object(Bucket=catalog.settings.name("raw_bucket"), Key=again)["Body"].read()
    for name, broken in (("cut", body[:-9]), ("plain", b"{}\n"), ("misnamed#", body)):
        key = f"{layout.raw_prefix(DAY)}hour=05/{name}.gz"
        catalog.s3.put_object(Bucket=catalog.settings.name("raw_bucket"), Key=key, Body=broken)


def run_real_job(spark: Any, catalog: Catalog) -> str:
    from clickstream_glue.arguments import parse_arguments
    from clickstream_glue.run import Run
    from clickstream_glue.run import run_day as run_spark_day

    names = {f"{role}_uri": f"s3://{catalog.settings.name(f'{role}_bucket')}/" for role in ("raw", "processed", "work")}
    given = {"arrival_date": str(DAY), "JOB_RUN_ID": "jr_spark", "max_quarantined_share": "1"}
    return run_spark_day(Run(spark, catalog.s3, parse_arguments(given | names), print)).run_id


def outcome(catalog: Catalog, run: str) -> dict[str, Any]:
    """Everything that a run left: rows without their generation, the ledger without names and sizes, the quarantine."""
    ledger = catalog.read_ledger(run)
    files = sorted((file.event_day, file.rows) for file in ledger.files)
    return {
        "rows": sorted(json.dumps({**row, "generation": ""}, default=_text) for row in rows_of(catalog, run)),
        "ledger": asdict(ledger) | ANOTHER_NAME | {"files": files, "quarantined": dict(ledger.quarantined)},
        "quarantine": quarantine_of(catalog, run),
    }


def _text(value: Any) -> str:
    """Spark says of its timestamps that they are UTC, pyarrow here does not; Athena takes both alike."""
    return str(value).removesuffix("+00:00")


def rows_of(catalog: Catalog, run: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for file in catalog.read_ledger(run).files:
        bucket = catalog.settings.name("processed_bucket" if file.key.startswith("year=") else "work_bucket")
        body = catalog.s3.get_object(Bucket=bucket, Key=file.key)["Body"].read()
        rows += pq.read_table(io.BytesIO(body)).to_pylist()
    return rows


def quarantine_of(catalog: Catalog, run: str) -> list[tuple[Any, ...]]:
    bucket = catalog.settings.name("raw_bucket")
    bodies = [
        catalog.s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        for found in catalog.list_objects("raw_bucket", layout.quarantine_prefix(run))
    ]
    lines = [json.loads(text) for body in bodies for text in gzip.decompress(body).splitlines()]
    names = ("reason", "source_object", "line", "detail", "line_bytes", "arrival_date")
    return sorted(tuple(str(line.get(name)) for name in names) for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 10))])
def test_the_in_process_transform_leaves_what_the_glue_job_leaves(spark: Any, endpoint: str, seed: int) -> None:
    catalog = buckets(endpoint, f"alike{seed}")
    put_random_day(catalog, seed)
    in_process, real = run_day(catalog, DAY, "jr_python"), run_real_job(spark, catalog)
    found, expected = outcome(catalog, in_process), outcome(catalog, real)
    for part in ("ledger", "quarantine", "rows"):
        assert found[part] == expected[part], part
    ledger = catalog.read_ledger(real)
    assert ledger.problems() == []
    assert {"blank", "malformed_json", "too_late", "in_the_future", "unreadable_object"} <= {
        "blank",
        *ledger.quarantined,
    }
    assert min(ledger.duplicates, ledger.conflicting, ledger.blank, ledger.candidate_rows, ledger.main_rows) > 0


def test_a_day_without_objects_is_refused(catalog: Catalog) -> None:
    with pytest.raises(RefusedRun, match="no object"):
        run_day(catalog, DAY, "jr_1")
    assert catalog.read_ledger(run_day(catalog, DAY, "jr_2", allow_empty=True)).problems() == []


def test_too_many_bad_lines_are_refused_and_leave_only_the_quarantine(catalog: Catalog) -> None:
    put_raw(catalog, DAY, [b"{bad"])
    with pytest.raises(RefusedRun, match="malformed_json 1"):
        run_day(catalog, DAY, "jr_1", max_quarantined_share=0.5)
    assert not [*catalog.list_objects("processed_bucket", ""), *catalog.list_objects("work_bucket", "ledgers/")]


@pytest.mark.parametrize(
    "changes",
    [{"price": "1.50"}, {"unknown": "field"}, {"event_id": "A" * 32}, {"event_timestamp": "1709208000"}, {"os": "ü"}],
)
def test_what_it_cannot_judge_as_spark_does_it_refuses(catalog: Catalog, changes: dict[str, str]) -> None:
    put_raw(catalog, DAY, [corpus.line("promise", **changes)])
    with pytest.raises(NotImplementedError):
        run_day(catalog, DAY, "jr_1")
