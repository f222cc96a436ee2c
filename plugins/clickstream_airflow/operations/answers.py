"""The page's JSON, as OpenAPI documents it: one entry per day."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from clickstream.checks import Result
from clickstream.operations import words
from clickstream.operations.booked import Run
from clickstream.operations.books import Books
from clickstream.operations.days import Day, last_event, last_publication, last_published


class CheckAnswer(BaseModel):
    name: str
    value: float | None = Field(description="null where Athena gave no answer, which never passes")
    bound: str
    verdict: str = Field(description="pass, warn or fail")


class LedgerAnswer(BaseModel):
    """Records; lines + split = accepted + duplicates + quarantined + blank."""

    run_id: str
    written_at: str
    records: int
    accepted: int
    main_rows: int = Field(description="accepted, and happened on the arrival day")
    late_rows: int = Field(description="accepted, and happened on another day")
    duplicates: int
    conflicting: int = Field(description="of the duplicates: same id, other content")
    quarantined: dict[str, int] = Field(description="by reason")
    blank: int


class UsualAnswer(BaseModel):
    """Main rows of the same weekday: median and bounds of the last eight weeks."""

    least: int
    median: int
    most: int


class DayAnswer(BaseModel):
    day: date
    state: str = Field(
        description="missing, failed, waiting, running, withdrawn, unusual, published, live, or none; by the books, "
        "which do not know of a task that failed after the publication, as verify: ask Airflow for failed runs, too"
    )
    advice: str
    pinned: bool
    waiting_objects: int
    usual: UsualAnswer | None
    published: LedgerAnswer | None
    checks: list[CheckAnswer] = Field(description="of the newest run")


class DaysAnswer(BaseModel):
    headline: str
    last_published_day: date | None
    last_publication: datetime | None = Field(description="when the newest published run passed its checks")
    last_event: datetime | None = Field(description="when the last event of the published runs of these days happened")
    last_arrival: datetime | None = Field(description="of a raw object, within the days that late events may come for")
    days: list[DayAnswer]


def answer(books: Books, found: list[Day], today: date) -> DaysAnswer:
    return DaysAnswer(
        headline=words.headline(books, found, today).title,
        last_published_day=last_published(books.snapshot),
        last_publication=last_publication(found),
        last_event=last_event(found),
        last_arrival=books.arrived_at,
        days=[_day(one) for one in found],
    )


def _day(one: Day) -> DayAnswer:
    newest = one.generations[0].run if one.generations else None
    usual = one.usual
    return DayAnswer(
        day=one.day,
        state=one.state.value,
        advice=words.advice(one),
        pinned=one.pinned,
        waiting_objects=one.waiting,
        usual=UsualAnswer(least=usual.least, median=usual.median, most=usual.most) if usual else None,
        published=_ledger(one.run) if one.run else None,
        checks=[_check(result) for result in (newest.checks if newest else ())],
    )


def _check(result: Result) -> CheckAnswer:
    return CheckAnswer(name=result.check.name, value=result.value, bound=result.bound, verdict=result.verdict)


def _ledger(run: Run) -> LedgerAnswer:
    names = set(LedgerAnswer.model_fields)
    return LedgerAnswer(**{name: getattr(run, name) for name in names})
