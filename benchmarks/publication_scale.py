"""Books of days that no laptop holds: listing and ledger of 100,000 objects, publication of 2,000 files, five years."""

import io
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from statistics import median
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSResponse

from clickstream import layout, publication
from clickstream.catalog import Catalog
from clickstream.ledger import InputObject, Ledger, OutputFile, parse_ledger
from clickstream.snapshots import MAIN, Line, Snapshot
from clickstream.unprocessed import listed_days
from local_aws.clients import local_client
from local_aws.stack import local_settings
from tests.promise.deployment import deployed, register_partition

DAY = date(2024, 12, 25)
OBJECTS, FILES, SNAPSHOT_DAYS = 100_000, 2_000, 5 * 365
Result = TypeVar("Result")


def section(rounds: int) -> str:
    ledger = _ledger(OBJECTS, FILES)
    text = ledger.to_json()
    listed = _listing(ledger)
    write, read, compare = (
        _seconds(call, rounds)
        for call in (ledger.to_json, lambda: parse_ledger(text), lambda: (ledger.problems(), _unread(listed, ledger)))
    )
    lines = [
        "| what | size | s |",
        "|---|---|---|",
        f"| ledger of {OBJECTS:,} objects and {FILES:,} files: write | {len(text) / 1e6:.1f} MB | {write:.2f} |",
        f"| read | | {read:.2f} |",
        f"| list {OBJECTS:,} objects at no distance, check the ledger, and compare | | {compare:.2f} |",
    ]
    snapshot = len(_snapshot().to_ndjson()) / 1e6
    lines.append(f"| snapshot of {SNAPSHOT_DAYS:,} days | {snapshot:.2f} MB | |")
    with deployed() as catalog:
        small = min(_published(catalog, DAY + timedelta(days=number), 1) for number in range(rounds))
        large = min(_published(catalog, DAY + timedelta(days=10 + number), FILES) for number in range(rounds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += [
        f"| publication of a run of 1 file, local AWS | | {small:.2f} |",
        f"| of {FILES:,} files | | {large:.2f} |",
        "",
        f"Peak of this process: {peak:.0f} MiB, the local AWS included.",
    ]
    return "\n".join(lines)


class _Page(io.BytesIO):
    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


def _listing(ledger: Ledger) -> Catalog:
    """A catalog whose S3 lists what the ledger names, a thousand keys a page; the answers are made beforehand."""
    entries = [
        f"<Contents><Key>{one.key}</Key><LastModified>2024-12-25T10:00:00.000Z</LastModified>"
        f"<ETag>&quot;{one.etag}&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for one in ledger.inputs
    ]
    starts = range(0, len(entries), 1000)
    pages = [_page(entries[start : start + 1000], start // 1000 + 1, start == starts[-1]) for start in starts]

    def answer(request: Any, **_: object) -> AWSResponse:
        (number,) = parse_qs(urlsplit(request.url).query).get("continuation-token", ["0"])
        return AWSResponse(request.url, 200, {"Content-Type": "application/xml"}, _Page(pages[int(number)]))

    s3 = local_client("s3", "http://127.0.0.1:1")
    s3.meta.events.register_first("before-send.s3.ListObjectsV2", answer)
    return Catalog(None, s3, None, local_settings())


def _page(entries: list[str], following: int, is_last: bool) -> bytes:
    more = "" if is_last else f"<NextContinuationToken>{following}</NextContinuationToken>"
    truncated = str(not is_last).lower()
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{truncated}</IsTruncated>{more}{''.join(entries)}</ListBucketResult>"
    ).encode()


def _unread(catalog: Catalog, ledger: Ledger) -> int:
    """Raw objects of the day that the run did not read."""
    found = dict(listed_days(catalog.list_objects("raw_bucket", layout.raw_prefix(DAY))))[DAY]
    assert len(found) == len(ledger.inputs)
    return len(found - ledger.objects)


def _seconds(call: Callable[[], object], rounds: int) -> float:
    def once() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return median(once() for _ in range(rounds))


def _ledger(objects: int, files: int, day: date = DAY) -> Ledger:
    run = layout.run_id(day, "jr_1")
    prefix = f"{layout.raw_prefix(day)}hour="
    return Ledger(
        run_id=run,
        arrival_day=str(day),
        contract_version=1,
        written_at="2024-12-26T01:00:00+00:00",
        inputs=tuple(
            InputObject(f"{prefix}{n % 24:02d}/clickstream-events-prod-1-{n:056d}.gz", 1, f"{n:032x}", 10)
            for n in range(objects)
        ),
        lines=10 * objects,
        split=0,
        blank=0,
        accepted=10 * objects,
        main_rows=10 * objects,
        duplicates=0,
        conflicting=0,
        rows_per_event_day={str(day): 10 * objects},
        files=tuple(
            OutputFile(layout.main_key(run, n), str(day), 10 * objects // files, 1000) for n in range(files)
        ),
    )  # fmt: skip


def _snapshot() -> Snapshot:
    days = [DAY - timedelta(days=number) for number in range(SNAPSHOT_DAYS)]
    runs = {day: layout.run_id(day, "jr_" + "0" * 64) for day in days}
    return Snapshot(frozenset(Line(str(day), MAIN, run, run) for day, run in runs.items()))


def _published(catalog: Catalog, day: date, files: int) -> float:
    ledger = _ledger(files, files, day)
    processed, work = (catalog.settings.name(f"{role}_bucket") for role in ("processed", "work"))

    def put(file: OutputFile) -> None:
        catalog.s3.put_object(Bucket=processed, Key=file.key, Body=b"parquet")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, ledger.files))
    catalog.s3.put_object(Bucket=work, Key=layout.ledger_key(ledger.run_id), Body=ledger.to_json().encode())
    register_partition(catalog, day)
    start = time.perf_counter()
    publication.publish(catalog, {day: ledger.run_id})
    return time.perf_counter() - start
