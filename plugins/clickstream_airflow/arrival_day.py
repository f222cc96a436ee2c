"""Which arrival day a run is for, and the wait until that day is closed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from clickstream import layout
from clickstream_airflow.day_link import DAY, LINKS

_WHAT_TO_GIVE = (
    "give the day as the run's partition key (a backfill and the schedule do) or as the parameter arrival_day, "
    "written YYYY-MM-DD"
)


def arrival_day(partition_key: str | None, params: Mapping[str, Any], today: date) -> date:
    """The run's arrival day; AirflowFailException says what to give where it is missing, double, no date or ahead."""
    given = {str(text) for text in (partition_key, params.get("arrival_day")) if text not in (None, "")}
    if not given:
        raise AirflowFailException(f"No arrival day: {_WHAT_TO_GIVE}.")
    if len(given) > 1:
        raise AirflowFailException(
            f"Two arrival days: partition key {partition_key!r} and parameter arrival_day "
            f"{params['arrival_day']!r}; give one, or the same."
        )
    try:
        day = layout.parse_day(given.pop())
    except ValueError as error:
        raise AirflowFailException(f"No arrival day: {error}; {_WHAT_TO_GIVE}.") from None
    if day > today:
        raise AirflowFailException(
            f"Arrival day {day} has not begun (today is {today}, UTC): nothing can have arrived."
        )
    return day


class AwaitDayClosedOperator(BaseOperator):
    """Waits, deferred, until the run's arrival day is closed; returns the day as YYYY-MM-DD."""

    operator_extra_links = LINKS
    ui_color = "#e6f1f2"

    def execute(self, context: Context) -> str:
        day = arrival_day(context["dag_run"].partition_key, context["params"], datetime.now(UTC).date())
        closes_at = layout.closes_at(day)
        if datetime.now(UTC) < closes_at:
            self.log.info("Arrival day %s closes at %s; waiting without a worker slot.", day, closes_at)
            self.defer(trigger=DateTimeTrigger(closes_at), method_name="day_closed", kwargs={"day": str(day)})
        return self.day_closed(context, day=str(day))

    def day_closed(self, context: Context, day: str, event: Any = None) -> str:
        context["ti"].xcom_push(key=DAY, value=day)
        self.log.info("Arrival day %s is closed.", day)
        return day
