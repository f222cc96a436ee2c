import pytest
import sqlglot

from clickstream.publication import publish
from clickstream.verification import WrongPublication, require_right, shown_days, verify, verify_query, wrong_rows
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, put_rows, run_of

RUN = "2024-12-25-jr_1"
DAYS = {
    "2024-12-24": {"main": None, "main_rows": 0, "late": "late-2", "late_rows": None},
    "2024-12-25": {"main": RUN, "main_rows": 8, "late": "late-1", "late_rows": 2},
    "2024-12-26": {"main": None, "main_rows": 0, "late": None, "late_rows": 0},
}
RIGHT = {"main_20241225": 8, "late_20241225": 2, "late_20241224": 1, "repeated_ids": 0, "view_rows": 11}


def test_verify_reads_the_publications_own_generations():
    sql = verify_query(DAYS)
    assert f"day = '25') AND generation = '{RUN}'" in sql
    assert "day = '24') AND generation = 'late-2'" in sql
    assert "clickstream_events" in sql
    assert len(sqlglot.parse(sql, read="athena")) == 1


def test_a_generation_that_could_break_sql_is_refused():
    days = {"2024-12-25": DAYS["2024-12-25"] | {"main": "x' OR '1'='1"}}
    with pytest.raises(ValueError, match="expected a generation"):
        verify_query(days)


def test_rows_as_the_ledger_and_the_merge_say_are_right():
    assert list(wrong_rows(DAYS, RIGHT)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"main_20241225": 7}, f"7 rows of {RUN} on 2024-12-25, expected 8"),
        ({"late_20241225": 3}, "3 rows of late-1 on 2024-12-25, expected 2"),
        ({"late_20241224": 0}, "no late rows of late-2 on 2024-12-24"),
        ({"repeated_ids": 1}, "1 rows repeat an event_id"),
        ({"view_rows": 0}, "the view clickstream_events shows 0 rows of these days"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_whatever_differs_is_said(change, problem):
    assert list(wrong_rows(DAYS, RIGHT | change)) == [problem]


@pytest.mark.parametrize("missing", RIGHT)
def test_an_answer_that_is_missing_is_no_pass(missing):
    assert len(list(wrong_rows(DAYS, {name: value for name, value in RIGHT.items() if name != missing}))) == 1


def test_an_answer_of_athena_is_counted_or_names_what_is_wrong():
    row = {name: str(count) for name, count in RIGHT.items()}
    assert require_right("p1", DAYS, row) == RIGHT
    with pytest.raises(WrongPublication, match="Publication p1 is wrong: 7 rows of"):
        require_right("p1", DAYS, row | {"main_20241225": "7"})
    with pytest.raises(WrongPublication, match="-1 rows of"):
        require_right("p1", DAYS, row | {"main_20241225": None})


def test_a_publication_is_verified_with_its_late_rows(catalog):
    done = publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b", "c"], THIRD: ["late"]})})
    shown = shown_days(catalog, done)
    assert {day: (rows["main_rows"], rows["late_rows"]) for day, rows in shown.items()} == {
        "2024-12-03": (0, 1),
        "2024-12-05": (2, 0),
    }
    verify(catalog, done)


def test_a_publication_that_shows_an_event_twice_is_wrong(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b", "c"]})
    done = publish(catalog, {FIFTH: run})
    put_rows(catalog, run, FIFTH, FIFTH, ["b", "c", "b"])
    with pytest.raises(WrongPublication, match="3 rows of 2024-12-05-jr_1 .* expected 2; 1 rows repeat an event_id"):
        verify(catalog, done)


def test_no_answer_is_no_pass(catalog, monkeypatch):
    done = publish(catalog, {FIFTH: run_of(catalog, FIFTH, {FIFTH: ["b"]})})
    monkeypatch.setattr(type(catalog), "ask", lambda *_: [])
    with pytest.raises(WrongPublication):
        verify(catalog, done)
