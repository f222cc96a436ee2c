"""Where things lie: every object key of the pipeline is made, and taken apart, here.

An *arrival day* is the UTC day under which Firehose filed an object. A *run id* is the arrival day and Glue's own job
run id, so that no two runs ever share a key; it is also the ``generation`` of the rows that the run wrote.
"""

import re
from datetime import UTC, date, datetime, timedelta

from clickstream.settings import limits, prefix

_RAW_KEY = re.compile(r"events/year=(\d{4})/month=(\d{2})/day=(\d{2})/hour=([01]\d|2[0-3])/[^/]+\.gz", re.ASCII)
_RAW_DAY = re.compile(r"events/year=(\d{4})/month=(\d{2})/day=(\d{2})/.*", re.DOTALL | re.ASCII)
_RUN_ID = re.compile(r"(\d{4}-\d{2}-\d{2})-([A-Za-z0-9_-]{1,100})", re.ASCII)
_JOB_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_PARTITION_KEY = re.compile(r"year=(\d{4})/month=(\d{2})/day=(\d{2})/[^/]+", re.ASCII)
_RUN_FILE = re.compile(r"(?:.*/part-|candidates/.*/)(\d{4}-\d{2}-\d{2}-[A-Za-z0-9_-]+)-\d{5}\.parquet", re.ASCII)
_QUALITY_KEY = re.compile(r"quality/arrival_date=[0-9-]{10}/([A-Za-z0-9_-]+)-\d{8}T\d{12}\.json", re.ASCII)
_LEDGER_KEY = re.compile(r"ledgers/arrival_date=[0-9-]{10}/([A-Za-z0-9_-]+)\.json")

INITIAL_PUBLICATION = "initial"  # the empty snapshot with which the table is made
REPLACES = "replaces"  # S3 metadata of a snapshot: the publication on top of which it was to be committed


def parse_day(text: object) -> date:
    """The day written as YYYY-MM-DD, or ValueError. The only way a day gets into a key or into SQL."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"expected a real date written YYYY-MM-DD, got {text!r}")


def run_id(arrival_day: date, job_run_id: str) -> str:
    """The id of the run of one arrival day within one Glue job run (a catch-up job run has several)."""
    made = f"{arrival_day}-{job_run_id}"
    if not _RUN_ID.fullmatch(made):
        raise ValueError(f"expected a Glue job run id (letters, digits, _ and -), got {job_run_id!r}")
    return made


def arrival_day_of(run: str) -> date:
    """The arrival day of a run id."""
    match = _RUN_ID.fullmatch(run)
    if not match:
        raise ValueError(f"expected a run id <YYYY-MM-DD>-<Glue job run id>, got {run!r}")
    return parse_day(match[1])


def partition_values(day: date) -> tuple[str, str, str]:
    """Year, month, day: the zero-padded strings of the catalog."""
    return f"{day:%Y}", f"{day:%m}", f"{day:%d}"


def partition_path(day: date) -> str:
    """``year=YYYY/month=MM/day=DD/``: the partition's folder in the processed bucket, and the day's in raw."""
    year, month, day_ = partition_values(day)
    return f"year={year}/month={month}/day={day_}/"


def raw_prefix(arrival_day: date) -> str:
    return prefix("events") + partition_path(arrival_day)


def arrival_hour(raw_key: str) -> datetime | None:
    """The hour (aware UTC) under which Firehose filed an object, or None for a key that Firehose would not make."""
    match = _RAW_KEY.fullmatch(raw_key)
    if not match:
        return None
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def arrival_day_of_raw(raw_key: str) -> date | None:
    """The arrival day in whose folder (``raw_prefix``) an object lies; None where it lies in none."""
    return _day_of(_RAW_DAY.fullmatch(raw_key))


def main_key(run: str, number: int) -> str:
    """The run's n-th Parquet file (from 0) of rows that happened on the arrival day."""
    return f"{partition_path(arrival_day_of(run))}part-{run}-{number:05d}.parquet"


def candidates_prefix(day: date) -> str:
    return f"{prefix('candidates')}day={day}/"


def candidate_key(day: date, run: str, number: int) -> str:
    """The run's n-th file of rows that arrived on its day and happened on ``day``."""
    return f"{candidates_prefix(day)}{run}-{number:05d}.parquet"


def run_of_file(key: str) -> str | None:
    """The run that wrote a Parquet file of main or candidate rows; None for late and live rows' files."""
    match = _RUN_FILE.fullmatch(key)
    return match[1] if match else None


def event_day_of(key: str) -> date | None:
    """The day in whose partition an object of the processed bucket lies; None where it lies in none."""
    return _day_of(_PARTITION_KEY.fullmatch(key))


def _day_of(match: re.Match[str] | None) -> date | None:
    """The real day that year, month and day of a key make."""
    try:
        return parse_day("-".join(match.groups())) if match else None
    except ValueError:
        return None


def quarantine_prefix(run: str) -> str:
    return f"{prefix('quarantine')}arrival_date={arrival_day_of(run)}/run_id={run}/"


def ledgers_prefix(arrival_day: date) -> str:
    return f"{prefix('ledgers')}arrival_date={arrival_day}/"


def ledger_key(run: str) -> str:
    return f"{ledgers_prefix(arrival_day_of(run))}{run}.json"


def run_of_ledger(key: str) -> str | None:
    match = _LEDGER_KEY.fullmatch(key)
    return match[1] if match else None


def run_of_quality(key: str) -> str | None:
    """The run that a check run was about."""
    match = _QUALITY_KEY.fullmatch(key)
    return match[1] if match else None


def staging_prefix(run: str) -> str:
    return f"{prefix('staging')}{run}/"


def replay_key(job_run_id: str) -> str:
    """What a Glue job run found when it judged quarantined records again."""
    if not _JOB_RUN_ID.fullmatch(job_run_id):
        raise ValueError(f"expected a Glue job run id (letters, digits, _ and -), got {job_run_id!r}")
    return f"{prefix('replays')}{job_run_id}.json"


def snapshot_key(publication_id: str) -> str:
    return f"{prefix('snapshots')}{publication_id}/published.json"


def quality_prefix(run: str) -> str:
    """What the keys of a run's checks begin with (and those of a run whose id begins alike)."""
    return f"{prefix('quality')}arrival_date={arrival_day_of(run)}/{run}-"


def quality_key(run: str, checked_at: datetime) -> str:
    """One object per check run; the time (UTC, microseconds) keeps every run of the checks."""
    return f"{quality_prefix(run)}{checked_at:%Y%m%dT%H%M%S%f}.json"


def bundle_key(month: str) -> str:
    """The check runs of a month (YYYY-MM) in one object; not under a day's folder, so that Athena reads none twice."""
    return f"{prefix('quality')}months/{month}.json"


def day_end(arrival_day: date) -> datetime:
    """Midnight UTC after the day: no object arrives for it later, Firehose's buffer aside."""
    return datetime(arrival_day.year, arrival_day.month, arrival_day.day, tzinfo=UTC) + timedelta(days=1)


def closes_at(arrival_day: date) -> datetime:
    """When no object arrives for the day any more: its end, Firehose's buffer and a margin. Until then it is open."""
    return day_end(arrival_day) + timedelta(minutes=limits().day_closes_after_minutes)


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of ``s3://bucket/key``."""
    match = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)", uri)
    if not match:
        raise ValueError(f"expected s3://<bucket>/<key>, got {uri!r}")
    return match[1], match[2]


def checked_generation(generation: str) -> str:
    """The generation itself where it may stand in SQL; ValueError otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,120}", generation):
        raise ValueError(f"expected a generation (letters, digits, _ and -), got {generation!r}")
    return generation
