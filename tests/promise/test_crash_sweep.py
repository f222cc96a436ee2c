"""Whatever call fails, is lost or kills its client: a reader sees table g or g+1, and a clean rerun ends at g+1.

Calls are counted from the client's first write to its last call; each is hit in six ways (`sweep.KINDS`). `make test`
plays a sample with a fixed seed, `make test-long` all of them; `pytest -rP` shows n and the number of injections.
"""

import random
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.promise import scenes
from tests.promise.lake import Lake
from tests.promise.scenes import Scene, events_of
from tests.promise.sweep import HEALED, KINDS, Stage, Sweep, stage

Surveys = Callable[[Callable[[Lake], Scene]], Sweep]
WHOLE = (scenes.first_run, scenes.another_run, scenes.catching_up, scenes.going_back, scenes.sweeping)
SEED = 4


def name(one: object) -> str | None:
    return getattr(one, "__name__", None)


@pytest.fixture(scope="module")
def played() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.fixture(scope="module")
def survey(played: Stage) -> Surveys:
    """Each scene is surveyed once."""
    made: dict[Callable[[Lake], Scene], Sweep] = {}

    def survey_of(make: Callable[[Lake], Scene]) -> Sweep:
        if make not in made:
            made[make] = Sweep(played, make)
        return made[make]

    return survey_of


def problems(sweep: Sweep, kind: str, numbers: Iterable[int]) -> list[str]:
    """What breaks the promise, of all these injections; says how many there were."""
    found, injections, looks = [], 0, 0
    for number in numbers:
        played = sweep.inject(kind, number)
        injections, looks = injections + 1, looks + played.looks
        wrong = list(sweep.problems(played))
        if played.between != sweep.shown_after(kind, number):
            wrong.append(f"not the table that must be there after {played.outcome}")
        if kind in HEALED and not played.outcome.succeeded:
            wrong.append(f"a single failure was not healed: {played.outcome}")
        found += [f"{kind}, call {number} ({sweep.calls[number - 1]}): {what}" for what in wrong]
    print(f"{sweep.name}: n = {len(sweep.calls)}, {kind}: {injections} injections, {looks} looks of the reader")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("make", [scenes.first_run, scenes.another_run], ids=name)
def test_who_looks_after_every_write_sees_the_old_table_and_then_the_new_one(
    survey: Surveys, make: Callable[[Lake], Scene]
) -> None:
    sweep = survey(make)
    assert sweep.survey.succeeded, sweep.survey
    assert events_of(sweep.before) == sweep.scene.before
    assert events_of(sweep.after) == sweep.scene.after
    before = sweep.seen_by_survey.count(sweep.before)
    assert sweep.seen_by_survey == [sweep.before] * before + [sweep.after] * (len(sweep.seen_by_survey) - before)
    assert before >= 10, "the reader looked while nothing was published yet"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_the_commit_shows_one_table_or_the_other(survey: Surveys, kind: str) -> None:
    sweep = survey(scenes.first_run)
    assert problems(sweep, kind, [sweep.commit]) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_some_call_shows_one_table_or_the_other(survey: Surveys, kind: str) -> None:
    sweep = survey(scenes.another_run)
    number = random.Random(f"{SEED} {kind}").randint(1, len(sweep.calls))
    assert problems(sweep, kind, [number]) == []


@pytest.mark.long
@pytest.mark.timeout(3600)  # seconds
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", WHOLE, ids=name)
def test_a_fault_at_any_call_shows_one_table_or_the_other(
    survey: Surveys, make: Callable[[Lake], Scene], kind: str
) -> None:
    sweep = survey(make)
    assert sweep.survey.succeeded, sweep.survey
    assert (events_of(sweep.before), events_of(sweep.after)) == (sweep.scene.before, sweep.scene.after)
    assert problems(sweep, kind, range(1, len(sweep.calls) + 1)) == []


@pytest.mark.slow
def test_the_reader_catches_a_day_that_is_overwritten_in_place(survey: Surveys) -> None:
    """The negative control: without it, a reader that sees nothing would pass as well."""
    sweep = survey(scenes.overwriting)
    assert (events_of(sweep.before), events_of(sweep.after)) == (sweep.scene.before, sweep.scene.after)
    mixed = [one for one in sweep.seen_by_survey if one not in (sweep.before, sweep.after)]
    assert [events_of(one) for one in mixed] == [{}, {scenes.DAY: "def"}]
    for number in (1, 2, 3):
        played = sweep.inject("killed after", number)
        assert played.between in mixed
        assert "the poll saw" in " ".join(sweep.problems(played))
        assert played.planned != sweep.before, "who planned before must be caught reading what was not there then"
