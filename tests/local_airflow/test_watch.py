import signal
import threading
import time

import pytest

from local_airflow.watch import PartEndedError, Watch


class Interrupted(Exception):
    pass


@pytest.fixture(autouse=True)
def interruptible():
    """SIGTERM raises, as it does in `make airflow`."""

    def interrupt(*_):
        raise Interrupted

    before = signal.signal(signal.SIGTERM, interrupt)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_part_that_ends_interrupts_whatever_is_being_done_and_is_named():
    with pytest.raises(PartEndedError, match="the cook ended"), Watch(lambda: "the cook ended"):
        threading.Event().wait(60)


def test_an_error_because_a_part_no_longer_answers_names_the_part():
    """The call fails first; that the process ended can be seen only after it."""
    looks = iter([None, None, "the cook ended"])
    with pytest.raises(PartEndedError, match="the cook ended") as raised, Watch(lambda: next(looks)):
        raise ConnectionError("no answer from the kitchen")
    assert str(raised.value.__cause__) == "no answer from the kitchen"


def test_an_error_while_all_parts_go_on_stays_itself():
    with pytest.raises(ConnectionError, match="of another"), Watch(lambda: None):
        raise ConnectionError("of another")


def test_an_interruption_that_comes_during_the_end_names_the_part():
    seen = threading.Event()

    def look():
        seen.set()
        time.sleep(0.1)
        return "the cook ended"

    with pytest.raises(PartEndedError, match="the cook ended"), Watch(look):
        seen.wait(60)


def test_parts_that_go_on_interrupt_nothing():
    with Watch(lambda: None) as watch:
        pass
    assert not watch._thread.is_alive()


def test_another_signal_is_not_taken_for_a_part():
    with pytest.raises(Interrupted), Watch(lambda: None):
        signal.raise_signal(signal.SIGTERM)
