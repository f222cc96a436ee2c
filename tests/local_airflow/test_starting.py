"""Starting, with something in Airflow's place that starts when it is told to."""

import threading

import pytest

from local_airflow.starting import Starting


class Slow:
    def __init__(self, error=None):
        self.may_start, self.error, self.stopped = threading.Event(), error, False

    def __enter__(self):
        self.may_start.wait(30)
        if self.error:
            raise self.error
        return self

    def cancel(self):
        self.error = self.error or RuntimeError("cancelled")
        self.may_start.set()

    def stop(self):
        self.stopped = True


def test_other_things_are_done_until_it_is_up():
    slow = Slow()
    starting = Starting(slow)
    slow.may_start.set()
    assert starting.ready() is slow
    starting.stop()
    assert slow.stopped


def test_what_its_start_raised_is_raised_where_it_is_waited_for():
    slow = Slow(RuntimeError("no room"))
    starting = Starting(slow)
    slow.may_start.set()
    with pytest.raises(RuntimeError, match="no room"):
        starting.ready()


def test_an_end_before_it_is_up_cancels_the_start():
    slow = Slow()
    Starting(slow).stop()
    assert str(slow.error) == "cancelled"
    assert not slow.stopped, "whoever failed to start has stopped itself"
