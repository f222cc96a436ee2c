from datetime import UTC, datetime, timedelta

from local_aws.clock import Clock

PAST = datetime(2024, 12, 25, tzinfo=UTC)


def test_time_goes_on_from_where_it_is_set_and_back() -> None:
    clock = Clock()
    clock.set(PAST)
    assert PAST <= clock.now() < PAST + timedelta(seconds=5)
    clock.set(None)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_listeners_run_under_the_old_time() -> None:
    clock, seen = Clock(), []
    clock.set(PAST)
    clock.before_set(lambda: seen.append(clock.now().year))
    clock.set(None)
    assert seen == [2024]


def test_advance_tells_no_listener() -> None:
    clock, seen = Clock(), []
    clock.before_set(lambda: seen.append(1))
    clock.set(PAST)
    clock.advance(timedelta(hours=1))
    assert (len(seen), clock.now().hour) == (1, 1)
