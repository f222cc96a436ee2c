"""The job's arguments, checked before anything is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clickstream import layout, settings
from clickstream.replay import parse_reasons
from clickstream.settings import Settings

DAY = "arrival_date"  # given: day mode
REJUDGE = "rejudge"  # given: rejudge mode; neither: catch-up
ALL = "all"  # of reasons; Glue need not pass an empty argument on
DAY_MODE = ("raw_uri", "processed_uri", "work_uri", DAY)
CATCH_UP = ("environment", "account_id", "region")
OPTIONAL = ("allow_empty", "max_quarantined_share", REJUDGE, "reasons")

Options = Mapping[str, str | None]  # as ``getResolvedOptions`` returns them


@dataclass(frozen=True)
class JobArguments:
    """One day's run. The buckets are names without ``s3://``; ``max_quarantined_share`` is a share, 0 to 1."""

    raw_bucket: str
    processed_bucket: str
    work_bucket: str
    arrival_day: date
    run_id: str
    allow_empty: bool
    max_quarantined_share: float


@dataclass(frozen=True)
class CatchUpArguments:
    """A catch-up with all days that need it: where, and what holds for each of them."""

    settings: Settings
    job_run_id: str
    allow_empty: bool
    max_quarantined_share: float

    def of_day(self, day: date) -> JobArguments:
        return JobArguments(
            raw_bucket=self.settings.name("raw_bucket"),
            processed_bucket=self.settings.name("processed_bucket"),
            work_bucket=self.settings.name("work_bucket"),
            arrival_day=day,
            run_id=layout.run_id(day, self.job_run_id),
            allow_empty=self.allow_empty,
            max_quarantined_share=self.max_quarantined_share,
        )


@dataclass(frozen=True)
class RejudgeArguments:
    """The published ``runs`` whose quarantined records are judged again, those of ``reasons`` (none: all)."""

    settings: Settings
    job_run_id: str
    runs: tuple[str, ...]
    reasons: tuple[str, ...]


Arguments = JobArguments | CatchUpArguments | RejudgeArguments


def present(argv: Sequence[str]) -> list[str]:
    """Which of the job's arguments the command line holds: Glue's own resolver knows no optional ones."""
    names = (*DAY_MODE, *CATCH_UP, *OPTIONAL)
    return [name for name in names if any(word.split("=")[0] == f"--{name}" for word in argv)]


def parse(options: Options) -> Arguments:
    """The arguments of the mode that is meant; ValueError names the one to give."""
    modes: dict[str, Callable[[Options], Arguments]] = {DAY: parse_arguments, REJUDGE: parse_rejudge}
    given = [name for name in modes if name in options]
    if len(given) > 1:
        raise ValueError(f"expected one of --{' and --'.join(given)}, got both")
    return modes[given[0]](options) if given else parse_catch_up(options)


def parse_arguments(options: Options) -> JobArguments:
    """Day mode's arguments, or ValueError that names the one to give."""
    for name in DAY_MODE:
        if not options.get(name):
            raise ValueError(f"the job argument --{name} is missing{_HINTS.get(name, '')}")
    day = layout.parse_day(options[DAY])
    return JobArguments(
        raw_bucket=_bucket(options, "raw_uri"),
        processed_bucket=_bucket(options, "processed_uri"),
        work_bucket=_bucket(options, "work_uri"),
        arrival_day=day,
        run_id=layout.run_id(day, options.get("JOB_RUN_ID") or ""),
        allow_empty=_flag(options.get("allow_empty") or "false"),
        max_quarantined_share=_share(options.get("max_quarantined_share")),
    )


def parse_catch_up(options: Options) -> CatchUpArguments:
    """Catch-up's arguments, or SettingsError, a ValueError, that names the one to give."""
    return CatchUpArguments(
        settings=_deployment(options),
        job_run_id=options.get("JOB_RUN_ID") or "",
        allow_empty=_flag(options.get("allow_empty") or "false"),
        max_quarantined_share=_share(options.get("max_quarantined_share")),
    )


def parse_rejudge(options: Options) -> RejudgeArguments:
    """Rejudge mode's arguments, or ValueError that names the one to give."""
    runs = _words(options.get(REJUDGE))
    if not runs:
        raise ValueError(f"the job argument --{REJUDGE} is missing: give run ids, separated by commas")
    for run in runs:
        layout.arrival_day_of(run)
    return RejudgeArguments(
        settings=_deployment(options),
        job_run_id=options.get("JOB_RUN_ID") or "",
        runs=runs,
        reasons=parse_reasons(one for one in _words(options.get("reasons")) if one != ALL),
    )


_HINTS = {DAY: ": give the UTC day to build, --arrival_date YYYY-MM-DD, or leave it out to catch up"}


def _deployment(options: Options) -> Settings:
    return settings.read_settings(options.get, named=lambda option: f"the job argument --{option}")


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (text or "").split(",")))


def _bucket(options: Options, name: str) -> str:
    bucket, key = layout.split_uri(options[name] or "")
    if key:
        raise ValueError(f"--{name}: expected a whole bucket, s3://<bucket>/, got {options[name]!r}")
    return bucket


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"--allow_empty: expected true or false, got {text!r}")
    return text.lower() == "true"


def _share(text: str | None) -> float:
    if not text:
        return settings.limits().max_quarantined_share
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"--max_quarantined_share: expected a share from 0 to 1, got {text!r}")
    return share
