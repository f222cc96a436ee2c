from datetime import UTC, date, datetime, timedelta

import pytest

from clickstream.operations.days import days
from clickstream_airflow.operations.charts import HEIGHT, WIDTH, history, line, volume
from clickstream_airflow.operations.pages import months
from tests.dags.clickstream.operations.test_days import books, run

DAY = date(2024, 12, 25)
NOW = datetime(2024, 12, 28, tzinfo=UTC)


def test_the_highest_day_reaches_the_upper_edge_and_no_day_leaves_the_chart():
    runs = [run(DAY - timedelta(days=2), 500), run(DAY, 1000)]
    found = days(books(*runs, shown=runs), DAY - timedelta(days=2), DAY, NOW)
    first, missing, last = volume(found).bars
    assert (last.top, last.height) == (0, HEIGHT)
    assert (first.top, first.height) == (HEIGHT / 2, HEIGHT / 2)
    assert missing.height == 0
    assert last.x + last.width <= WIDTH


def test_what_is_usual_is_a_band_around_the_bars():
    runs = [run(DAY - timedelta(weeks=number)) for number in range(6)]
    found = days(books(*runs, shown=runs), DAY, DAY, NOW)
    (bar,) = volume(found).bars
    assert bar.usual_top < bar.top < bar.usual_top + bar.usual_height


def test_a_chart_of_nothing_is_empty():
    assert volume([]).bars == ()
    assert volume(days(books(), DAY, DAY, NOW)).most == 1


@pytest.mark.parametrize("values", [[], [None], [1.0], [None, 2.0]])
def test_one_value_makes_no_line(values):
    assert line(values) == ""


def test_a_line_spans_its_box_and_leaves_out_what_is_not_known():
    assert line([0.0, None, 2.0], width=100, height=20) == "0.0,18.0 100.0,2.0"
    assert line([3.0, 3.0], width=10, height=20) == "0.0,18.0 10.0,18.0"


def test_a_history_is_told_in_words_too():
    assert history([4.0, None, 1.5, 2.0]).words == "of the last 4 days, least 1.5, most 4, last 2"
    assert history([None]).words == ""


def test_a_calendar_has_whole_weeks_from_monday_and_the_last_month_first():
    made = run(date(2024, 11, 30))
    found = days(books(made, shown=[made]), date(2024, 10, 1), date(2024, 12, 3), NOW)
    (december, weeks), (november, _) = months(found)
    assert (december, november) == ("December 2024", "November 2024")
    assert [len(week) for week in weeks] == [7, 7]
    assert [one and one.day.day for one in weeks[0]] == [None] * 6 + [1]
