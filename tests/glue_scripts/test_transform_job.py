"""The whole job against S3: what it writes, what it refuses, what it leaves behind."""

import random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from clickstream import layout
from clickstream.ledger import parse_ledger
from clickstream_glue import run as job
from clickstream_glue.bookkeeping import RefusedRun
from tests.corpus import line

pytestmark = pytest.mark.slow
RUN = "2026-03-05-jr_1"
YESTERDAY = "2026-03-04T23:00:00Z"


def good_lines(number: int) -> list[bytes]:
    return [line("job", n) for n in range(number)]


class S3With:
    """A boto3 client, one call of which does something else first."""

    def __init__(self, s3: Any, **before: Any) -> None:
        self._s3, self._before = s3, before

    def __getattr__(self, name: str) -> Any:
        if name in self._before:
            self._before.pop(name)()
        return getattr(self._s3, name)


def final_objects(day: Any) -> list[str]:
    return day.keys("processed") + day.keys("work")


def test_rows_of_the_day_go_to_their_partition_and_others_to_candidates(day: Any) -> None:
    day.put_lines(line("job", 1), line("job", 2, event_timestamp=YESTERDAY))
    ledger = day.run()
    assert day.keys("processed") == [layout.main_key(RUN, 0)]
    assert day.keys("work", "candidates/") == [layout.candidate_key(layout.parse_day("2026-03-04"), RUN, 0)]
    assert dict(ledger.rows_per_event_day) == {"2026-03-04": 1, "2026-03-05": 1}
    assert (ledger.main_rows, ledger.candidate_rows) == (1, 1)


def test_ledger_in_s3_is_the_one_returned_and_knows_its_inputs(day: Any) -> None:
    key = day.put_lines(*good_lines(3))
    ledger = day.run()
    assert parse_ledger(day.body("work", layout.ledger_key(RUN))) == ledger
    (found,) = ledger.inputs
    head = day.s3.head_object(Bucket=day.bucket("raw"), Key=key)
    assert (found.key, found.lines, found.size, found.etag) == (key, 3, head["ContentLength"], head["ETag"].strip('"'))


def test_files_of_the_ledger_are_as_large_as_it_says(day: Any) -> None:
    day.put_lines(*good_lines(5))
    (file,) = day.run().files
    assert day.s3.head_object(Bucket=day.bucket("processed"), Key=file.key)["ContentLength"] == file.bytes


def test_nothing_but_ledger_candidates_and_quarantine_is_left_of_a_run(day: Any) -> None:
    day.put_lines(*good_lines(20), b"{bad", line("job", 99, event_timestamp=YESTERDAY))
    day.run()
    assert {key.split("/")[0] for key in day.keys("work")} == {"ledgers", "candidates"}
    assert day.keys("raw", "quarantine/") == [f"{layout.quarantine_prefix(RUN)}00000.json.gz"]
    assert all(key.endswith(".parquet") for key in day.keys("processed"))


def test_rows_know_their_run_their_arrival_and_their_object(day: Any) -> None:
    key = day.put_lines(line("job"))
    (row,) = day.rows(day.run())
    assert (row["generation"], str(row["arrival_date"])) == (RUN, "2026-03-05")
    assert row["source_object"] == f"s3://{day.bucket('raw')}/{key}"


def test_two_runs_give_identical_rows(day: Any) -> None:
    day.put_lines(*good_lines(30), line("job", 1, page_title="other"), name="a.gz")
    day.put_lines(*good_lines(10), name="b.gz")
    first, second = ([{**row, "generation": ""} for row in day.rows(day.run())] for _ in range(2))
    assert first == second


def test_rows_are_sorted_by_type_and_time(day: Any) -> None:
    times = [f"2026-03-05T10:{minute:02d}:00Z" for minute in range(20)]
    lines = [
        line("job", n, event_timestamp=time, event_type=kind)
        for n, time in enumerate(times)
        for kind in ("search", "click")[n % 2 : n % 2 + 1]
    ]
    random.Random(5).shuffle(lines)
    day.put_lines(*lines)
    order = [(row["event_type"], row["event_timestamp"]) for row in day.rows(day.run())]
    assert order == sorted(order)


def test_unknown_fields_are_counted_by_name(day: Any) -> None:
    day.put_lines(
        line("job", 1, colour="red"), line("job", 2, colour="blue", size=1), line("job", 3, **{"a@b.example": 1})
    )
    assert dict(day.run().unknown_fields) == {"colour": 2, "(other names)": 1, "size": 1}


def test_user_agent_fills_what_is_absent_and_leaves_no_trace(day: Any) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Version/17.2 Mobile/15E148 Safari/604.1"
    day.put_lines(line("job", 1, user_agent=agent, ip_address="203.0.113.77", browser="Own"))
    ledger = day.run()
    (row,) = day.rows(ledger)
    assert (row["device_type"], row["browser"], row["os"], row["is_bot"]) == ("mobile", "Own", "iOS", False)
    kept = day.body("processed", ledger.files[0].key) + ledger.to_json().encode() + "".join(day.logged).encode()
    assert b"203.0.113.77" not in kept
    assert b"iPhone" not in kept
    assert "203.0.113.77" not in str(row)


def test_log_tells_numbers_and_never_a_line(day: Any) -> None:
    day.put_lines(*good_lines(30), line("job", 50, price="secret-price"))
    day.run(max_quarantined_share="1")
    told = "\n".join(day.logged)
    assert "31 lines + 0 split = 30 accepted" in told
    assert "secret-price" not in told


def test_day_without_objects_is_refused(day: Any) -> None:
    with pytest.raises(RefusedRun, match=r"2026-03-05: no object under s3://.*--allow_empty true"):
        day.run()
    assert final_objects(day) == []


def test_day_without_objects_may_be_allowed(day: Any) -> None:
    ledger = day.run(allow_empty="true")
    assert (ledger.lines, ledger.accepted, ledger.inputs, ledger.files) == (0, 0, (), ())
    assert day.keys("work") == [layout.ledger_key(RUN)]


def test_too_many_bad_lines_are_refused_and_can_be_looked_at(day: Any) -> None:
    day.put_lines(*good_lines(9), line("job", 50, price="secret-price"))
    with pytest.raises(RefusedRun) as refusal:
        day.run(max_quarantined_share="0.09")
    told = str(refusal.value)
    assert "2026-03-05: 10.00% of the records" in told
    assert "invalid_price 1" in told
    assert layout.quarantine_prefix(RUN) in told
    assert "secret" not in told
    assert final_objects(day) == []
    assert day.keys("raw", layout.quarantine_prefix(RUN)) != []


def test_share_at_the_limit_passes(day: Any) -> None:
    day.put_lines(*good_lines(9), b"{bad")
    assert day.run(max_quarantined_share="0.1").quarantined_share == 0.1


def test_day_of_only_unreadable_objects_is_refused(day: Any) -> None:
    day.put(b"no gzip")
    with pytest.raises(RefusedRun, match="unreadable_object 1"):
        day.run()


def test_broken_equation_is_refused(day: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    day.put_lines(*good_lines(4))
    inspect = job._inspect

    def one_line_more(run: Any, objects: Any) -> Any:
        return [type(one)(one.object, one.lines + 1) for one in inspect(run, objects)]

    monkeypatch.setattr(job, "_inspect", one_line_more)
    with pytest.raises(RefusedRun, match=r"5 records .* but 4 accounted for"):
        day.run()
    assert final_objects(day) == []


def test_object_that_vanishes_before_it_is_inspected_fails_the_run(day: Any) -> None:
    key = day.put_lines(*good_lines(2), name="a.gz")
    day.put_lines(line("job", 9), name="b.gz")
    gone = S3With(day.s3)

    def list_then_delete(name: str) -> Any:
        paginator = day.s3.get_paginator(name)
        pages = list(
            paginator.paginate(Bucket=day.bucket("raw"), Prefix=layout.raw_prefix(layout.parse_day("2026-03-05")))
        )
        day.s3.delete_object(Bucket=day.bucket("raw"), Key=key)
        gone.__dict__.pop("get_paginator")
        return type("Listed", (), {"paginate": lambda self, **_: pages})()

    gone.get_paginator = list_then_delete
    with pytest.raises(Exception, match=r"NoSuchKey|404|does not exist"):
        day.run(s3=gone)
    assert final_objects(day) == []


def test_object_that_vanishes_before_spark_reads_it_fails_the_run(day: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = day.put_lines(*good_lines(2), name="a.gz")
    day.put_lines(line("job", 9), name="b.gz")
    inspect = job._inspect

    def inspect_then_delete(run: Any, objects: Any) -> Any:
        inspected = inspect(run, objects)
        day.s3.delete_object(Bucket=day.bucket("raw"), Key=key)
        return inspected

    monkeypatch.setattr(job, "_inspect", inspect_then_delete)
    with pytest.raises(Exception, match=r"PATH_NOT_FOUND|does not exist|No such file"):
        day.run()
    assert final_objects(day) == []


@pytest.mark.parametrize("change", ["replaced", "deleted"])
def test_object_that_changes_under_the_run_fails_it(day: Any, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    key = day.put_lines(*good_lines(2))
    copy = job._copy_to_final_names

    def copy_then_change(run: Any, files: Any) -> None:
        copy(run, files)
        if change == "replaced":
            day.put_lines(line("job", 7))
        else:
            day.s3.delete_object(Bucket=day.bucket("raw"), Key=key)

    monkeypatch.setattr(job, "_copy_to_final_names", copy_then_change)
    with pytest.raises(RefusedRun, match="1 of 1 raw objects changed or vanished"):
        day.run()
    assert day.keys("work") == []


def test_object_that_arrives_later_is_left_to_the_next_run(day: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    day.put_lines(*good_lines(2))
    inspect = job._inspect

    def inspect_then_add(run: Any, objects: Any) -> Any:
        day.put_lines(line("job", 7), name="late.gz")
        return inspect(run, objects)

    monkeypatch.setattr(job, "_inspect", inspect_then_add)
    assert day.run().accepted == 2


def test_ledger_is_written_once(day: Any) -> None:
    day.put_lines(line("job"))
    day.run(JOB_RUN_ID="jr_same")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        day.run(JOB_RUN_ID="jr_same")


def test_staging_is_cleared_after_a_failure(day: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    day.put_lines(line("job"))

    def fail(*_: Any) -> None:
        raise RuntimeError("the copy failed")

    monkeypatch.setattr(job, "_copy_to_final_names", fail)
    with pytest.raises(RuntimeError, match="the copy failed"):
        day.run()
    assert day.keys("work") == []
