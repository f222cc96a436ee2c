import pytest

from clickstream.athena import QueryFailed
from clickstream.catalog import Catalog, PublicationConflict
from clickstream.merger import Merger
from clickstream.publication import publish
from clickstream.snapshots import Line, Snapshot, with_retired
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, run_of, shown


@pytest.fixture
def late_run(catalog):
    return run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})


def failing(monkeypatch, times, retryable):
    """Athena fails the first queries; returns the SQL that it was asked."""
    once, asked = Catalog.ask, []

    def ask(self, sql):
        asked.append(sql)
        if len(asked) <= times:
            raise QueryFailed("exhausted resources", retryable)
        return once(self, sql)

    monkeypatch.setattr(Catalog, "ask", ask)
    return asked


def test_a_merge_that_athena_calls_retryable_is_tried_again_under_another_name(catalog, late_run, monkeypatch):
    asked = failing(monkeypatch, 2, retryable=True)
    publish(catalog, {FIFTH: late_run})
    assert len({sql for sql in asked if sql.startswith("INSERT")}) == 3
    assert shown(catalog) == {"2024-12-03": ["late"], "2024-12-05": ["b"]}


def test_a_merge_that_always_fails_publishes_nothing(catalog, late_run, monkeypatch):
    failing(monkeypatch, 3, retryable=True)
    with pytest.raises(PublicationConflict, match="Athena failed"):
        publish(catalog, {FIFTH: late_run})
    assert shown(catalog) == {}


def test_what_athena_does_not_call_retryable_is_not_tried_again(catalog, late_run, monkeypatch):
    asked = failing(monkeypatch, 1, retryable=False)
    with pytest.raises(QueryFailed, match="exhausted resources"):
        publish(catalog, {FIFTH: late_run})
    assert len(asked) == 1


def test_a_merge_that_the_janitor_took_for_rubbish_is_made_anew(catalog, late_run):
    snapshot = Snapshot(frozenset({Line(str(FIFTH), "main", late_run, late_run)}))
    merger = Merger(catalog)
    first = merger.merge(snapshot, [THIRD])[THIRD]
    assert merger.merge(snapshot, [THIRD])[THIRD] == first
    retired = with_retired(snapshot, [Line(str(THIRD), "late", str(first.generation))], [])
    second = merger.merge(retired, [THIRD])[THIRD]
    assert second.generation != first.generation
    assert second.rows == first.rows == 1
