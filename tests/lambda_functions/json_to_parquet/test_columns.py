import gzip
import hashlib
import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream import layout
from clickstream.contract import load_contract
from clickstream.judging.lines import line_of
from clickstream.judging.verdicts import judge, window_of
from clickstream.raw_objects import line_blocks
from clickstream.reasons import BLANK
from clickstream.settings import limits
from json_to_parquet import queries
from json_to_parquet.columns import Counts, ObjectEvents
from tests.corpus import ARRIVAL_DAY, line
from tests.lambda_functions.dirty_lines import dirty_lines
from tests.lambda_functions.engines import MEMORY_MIB, by_lambda

KEY = f"{layout.raw_prefix(ARRIVAL_DAY)}hour=10/a.gz"
HOUR = layout.arrival_hour(KEY)
YESTERDAY = "2026-03-04T23:00:00Z"


def opened(folder: Path) -> ObjectEvents:
    assert HOUR is not None
    return ObjectEvents(HOUR, MEMORY_MIB, folder / "spilled")


def counted(folder: Path, *lines: bytes) -> Counts:
    with opened(folder) as events:
        events.add(lines)
        return events.finish()


def digest(folder: Path, data: bytes) -> tuple[str, Counts]:
    """Of the Parquet file."""
    with opened(folder) as events:
        for lines in line_blocks(io.BytesIO(data).read, limits().max_object_line_bytes):
            events.add(lines)
        counts = events.finish()
        events.write(folder / "rows.parquet", "s3://raw/a.gz", "live-2026-03-05")
    counts.one_by_one = 0  # which way a line took is no outcome
    return hashlib.sha256((folder / "rows.parquet").read_bytes()).hexdigest(), counts


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 200))])
def test_what_columns_read_is_what_is_judged_one_by_one(tmp_path: Path, seed: int) -> None:
    lines = [raw for raw in dirty_lines(seed, 1000) if raw.strip()]  # blank ones are counted before
    names = queries.stored_columns(load_contract())
    chosen = ", ".join(f'"{name}"' for name in names)
    with opened(tmp_path) as events:
        events.add(lines)
        found = events._duckdb.execute(f"SELECT number, {chosen} FROM events WHERE number IS NOT NULL").fetchall()
        assert len(found) == len(lines) - events.counts.one_by_one > 250
    for number, *values in found:
        (record,) = judge(lines[number], window_of(HOUR, limits()), load_contract(), limits())
        assert (record.reason, [record.values[name] for name in names]) == (None, values), lines[number]


def test_ordinary_lines_are_not_judged_one_by_one(tmp_path: Path) -> None:
    """Real events have escapes, unknown fields, nested ones, numbers for texts, CRLF, and times in many forms."""
    ordinary: list[dict[str, Any]] = [
        {"page_title": 'a "quoted" title\n', "search_query": "größe"},
        {"colour": "red", "status": 200, "deep": {"a": [1, {"b": "x"}]}, "nothing": None},
        {"user_id": 42, "is_bot": True, "price": 12.5, "order_value": "25.00", "quantity": 2},
        {"page_url": "https://u:p@shop.example/p?email=x#y", "user_agent": "Mozilla/5.0 (iPad)"},
        {"event_id": "3F2504E0-4F89-41D3-9A0C-0305E82C3301"},
        {"event_timestamp": "2026-03-05T10:20:30.123456+01:00"},
        {"event_timestamp": 1772706030123},
        {"event_timestamp": None, "timestamp": "2026-03-05 10:20:30"},
    ]
    lines = [line("ordinary", number, **changes) + b"\r" for number, changes in enumerate(ordinary)]
    counts = counted(tmp_path, *lines)
    assert (counts.one_by_one, counts.rows) == (0, len(lines))


def test_of_an_event_that_comes_again_the_earliest_stays(tmp_path: Path) -> None:
    again, late = line("again"), line("again", event_timestamp=YESTERDAY)
    counts = counted(tmp_path, again, line("again", page_title="x"), again, again.replace(b'"s-1"', b'"s-1" '), late)
    assert (counts.accepted, counts.rows, counts.duplicates, counts.conflicting) == (1, 0, 4, 4)


def test_rows_of_other_days_are_left_to_the_daily_run(tmp_path: Path) -> None:
    counts = counted(tmp_path, line("days"), line("days", 1, event_timestamp=YESTERDAY))
    assert (counts.accepted, counts.rows) == (2, 1)


def test_the_parquet_file_has_the_contracts_columns(tmp_path: Path) -> None:
    digest(tmp_path, gzip.compress(line("schema", price="1.005", page_title="ü")))
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.column_names == [column.name for column in load_contract().table_columns]
    expected = {
        "price": "decimal128(12, 2)",
        "quantity": "int32",
        "event_timestamp": "timestamp[ms]",
        "arrival_date": "date32[day]",
    }
    assert {name: str(table.schema.field(name).type) for name in expected} == expected
    (row,) = table.to_pylist()
    derived = (str(row["arrival_date"]), row["source_object"], row["generation"])
    assert derived == ("2026-03-05", "s3://raw/a.gz", "live-2026-03-05")
    assert (str(row["price"]), row["page_title"]) == ("1.01", "ü")


@pytest.mark.slow
@settings(max_examples=4, deadline=None, derandomize=True)
@given(data=st.data())
def test_bytes_do_not_depend_on_order_and_gzip_members(tmp_path_factory: Any, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("order")
    lines = dirty_lines(7, 120)
    order = data.draw(st.permutations(lines))
    content = b"\n".join(order)
    cut = data.draw(st.integers(0, len(content)))
    members = gzip.compress(content[:cut]) + gzip.compress(content[cut:])
    assert digest(folder, members) == digest(folder, gzip.compress(b"\n".join(lines)))


def test_verdicts_do_not_depend_on_how_lines_are_split_into_objects(tmp_path: Path) -> None:
    lines = dirty_lines(8, 300)
    whole = by_lambda(KEY, gzip.compress(b"\n".join(lines)), tmp_path)
    parts = [by_lambda(KEY, gzip.compress(b"\n".join(lines[n::3])), tmp_path) for n in range(3)]
    repeats = ("duplicate", "conflicting")
    assert {row[0] for one in parts for row in one.events} == {row[0] for row in whole.events}
    for reason in whole.numbers:
        if reason not in repeats:
            assert sum(one.numbers[reason] for one in parts) == whole.numbers[reason]
    total = sum(len(one.events) + sum(one.numbers[name] for name in repeats) for one in parts)
    assert total == len(whole.events) + sum(whole.numbers[name] for name in repeats)


def test_blank_lines_are_what_the_pattern_says(tmp_path: Path) -> None:
    candidates = [bytes([code]) for code in range(256)] + [
        b"",
        b" \t\r\f\x0b",
        b"\xef\xbb\xbf",
        "\u00a0\u2028".encode(),
    ]
    blank = [raw for raw in candidates if line_of(raw, 1000).state == BLANK]
    counts = counted(tmp_path, *candidates)
    assert (counts.blank, counts.quarantined.total()) == (len(blank), len(candidates) - len(blank))


def test_nothing_at_all_is_no_rows(tmp_path: Path) -> None:
    counts = counted(tmp_path)
    assert counts == Counts()
