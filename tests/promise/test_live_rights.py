"""What the function asks of AWS is what its planned role allows, and no statement of that is one too many."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.recording.recorder import read_recorded
from local_aws.server import LocalAws
from tests.end_to_end.planned_rights import PlannedStack, asked_of_iam, planned_stack
from tests.promise.live_lane import FUNCTION, LiveLane
from tests.terraform.iam import Call

pytestmark = pytest.mark.slow
ACTOR = "json-to-parquet"
# Statements that nothing here can need.
UNEXERCISED = {
    "DecryptItsSettings": "Lambda's own call, when an environment starts; the local one encrypts nothing",
    "TellMissingFromForbidden": "not asked for: with it S3 says 404 of what is gone, and not 403",
}


@pytest.fixture(scope="module")
def planned() -> PlannedStack:
    return planned_stack()


@pytest.fixture(scope="module")
def calls(planned: PlannedStack, artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Call]]:
    """Of two objects, the first of their day, and of one that is no gzip: a dead letter."""
    journal: Path = tmp_path_factory.mktemp("calls") / "calls.ndjson"
    with LocalAws(record=journal) as aws:
        lane = LiveLane(aws, artifacts)
        lane.put(2)
        lane.put_broken()
        lane.await_idle()
        assert len(lane.dead_letters()) == 1
        recorded = [one for one in read_recorded(journal) if one.principal == FUNCTION]
        yield [call for one in recorded for call in asked_of_iam(one, planned)]


def test_every_call_is_allowed(calls: list[Call], planned: PlannedStack) -> None:
    assert calls
    assert [call for call in calls if not planned.may(ACTOR, call)] == []


def test_without_any_one_statement_a_call_is_denied(calls: list[Call], planned: PlannedStack) -> None:
    idle = {sid for sid in planned.sids(ACTOR) if not planned.needed(ACTOR, sid, calls)}
    assert idle == set(UNEXERCISED)
