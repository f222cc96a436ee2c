"""The sweep: one scene played again and again, each time with a fault at another AWS call, while readers look on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from clickstream.settings import table
from local_aws.athena.engine import AthenaEngine
from tests.promise.edge_server import serving
from tests.promise.faults import ANSWER, CUT, KILL, SLOW_DOWN, AtCall, Client, Edge, Fault, Journal, Plan
from tests.promise.lake import Lake, State
from tests.promise.readers import Gate, Reader, polling
from tests.promise.scenes import DAYS, Scene
from tests.promise.straight import local_aws_straight
from tests.promise.victims import Outcome, Victims, victims

# Fails before or after: once, so that botocore's repeats may heal it; from there on, as without a network; for good.
KINDS: dict[str, tuple[Fault, bool]] = {
    "error before": (Fault(ANSWER), False),
    "answer lost": (Fault(CUT, done=True), False),
    "dead before": (Fault(CUT), True),
    "dead after": (Fault(CUT, done=True), True),
    "killed before": (Fault(KILL), False),
    "killed after": (Fault(KILL, done=True), False),
}
HEALED = ("error before", "answer lost")
DEAD_DEADLINE = 0.5  # seconds that a publication may take without a network
# AWS's own error, a lost connection, or the publication's word for both.
CLEAN = re.compile(r"botocore\.|clickstream\.catalog\.PublicationConflict$")


def is_clean(outcome: Outcome) -> bool:
    """Whether a client failed by AWS's own words: its own error, or Athena's of the S3 that throttles it."""
    is_athenas = outcome.error == "clickstream.athena.QueryFailed" and outcome.message.endswith(f": {SLOW_DOWN}")
    return is_athenas or bool(CLEAN.match(outcome.error))


@dataclass(frozen=True)
class Stage:
    """Where scenes are played: AWS, its edge, clients beyond the edge, and readers that are not."""

    lake: Lake
    edge: Edge
    clients: Victims
    gate: Gate
    reader: Reader
    empty: State

    def play(self, scene: Scene, attempt: str, plan: Plan, deadline: float = 60.0, **further: Any) -> Outcome:
        """A client carries out the scene's order to its end, or to its death. ``deadline``: of a publication, in s."""
        self.edge.journal, self.edge.client = Journal(plan), Client()
        return self.clients.run(self.edge.client.is_process, deadline=deadline, **scene.order(attempt), **further)


@contextmanager
def stage() -> Iterator[Stage]:
    edge = Edge()
    with pytest.MonkeyPatch.context() as patch, local_aws_straight() as aws:
        gate = Gate()
        gate.hold(aws.engine(AthenaEngine), patch)
        lake = Lake(aws)
        with serving(edge, aws.endpoint_url) as url, victims(url) as clients:
            yield Stage(lake, edge, clients, gate, Reader(lake.catalog, DAYS), lake.state())


@dataclass(frozen=True)
class Played:
    """What came of a scene with faults and of the clean rerun after it.

    ``seen``: the tables that the poll saw; ``between``: the one after the faults and before the rerun; ``planned``:
    what a query read after all that, which was planned before; ``left``: the files of rows that lie there at the end.
    """

    outcome: Outcome
    rerun: Outcome
    between: bytes
    final: bytes
    planned: bytes
    seen: tuple[bytes, ...]
    looks: int
    left: frozenset[str]


class Sweep:
    """A scene, its table before and after, and the calls that its client makes from its first write on.

    The survey plays it once without faults, while a reader looks after every single write.
    """

    def __init__(self, stage: Stage, make: Callable[[Lake], Scene]) -> None:
        self._stage = stage
        self.name = make.__name__
        stage.lake.restore(stage.empty)
        self.scene = make(stage.lake)
        self._state = stage.lake.state()
        self.before = stage.reader.look()
        self.seen_by_survey: list[bytes] = []
        stage.edge.on_write = lambda call: self.seen_by_survey.append(stage.reader.look())
        self.survey = stage.play(self.scene, "survey", Plan())
        stage.edge.on_write = lambda call: None
        self.calls = stage.edge.journal.numbered
        self.after = stage.reader.look()
        self._left = stage.lake.rows_left()

    @property
    def commit(self) -> int:
        """The number of the call that makes the new table visible."""
        return 1 + [str(call) for call in self.calls].index(f"glue UpdateTable {table('published')}")

    def inject(self, kind: str, number: int) -> Played:
        """A fault at one call."""
        fault, dead_after = KINDS[kind]
        plan = AtCall(number, fault, dead_after)
        played = self.play(plan, **({"deadline": DEAD_DEADLINE} if dead_after else {}))
        assert plan.happened, f"the client never made call {number}"
        assert played.outcome.killed == (fault.how == KILL)
        return played

    def shown_after(self, kind: str, number: int) -> bytes:
        """The table that must be there after the fault and before the rerun."""
        is_committed = number > self.commit or (number == self.commit and KINDS[kind][0].done)
        return self.after if is_committed or kind in HEALED else self.before

    def play(self, plan: Plan, **further: Any) -> Played:
        """The scene with faults, then without. ``further``: arguments of the order."""
        self._stage.lake.restore(self._state)
        reader = self._stage.reader
        with self._stage.gate.reader(reader) as held, polling(reader) as polls:
            outcome = self._stage.play(self.scene, "faulted", plan, **further)
            between = polls.fresh()
            rerun = self._stage.play(self.scene, "rerun", Plan())
            final = polls.fresh()
            planned = held.read()
        left = self._stage.lake.rows_left()
        return Played(outcome, rerun, between, final, planned, tuple(polls.seen), polls.looks, left)

    def problems(self, played: Played) -> Iterator[str]:
        """What breaks the promise."""
        tables = {self.before: "g", self.after: "g+1"}
        named = [tables.get(one, one.decode()) for one in played.seen]
        if named not in (["g"], ["g", "g+1"], ["g+1"]):
            yield f"the poll saw {named}"
        if not self.scene.tidies and played.planned != self.before:
            yield f"planned before, read after: {tables.get(played.planned, played.planned.decode())}"
        if not played.rerun.succeeded or played.final != self.after:
            yield f"the clean rerun ended with {played.rerun} at {tables.get(played.final, played.final.decode())}"
        if self.scene.tidies and played.left != self._left:
            yield f"other files are left than without faults: {sorted(played.left ^ self._left)}"
        if played.outcome.succeeded and played.between != self.after:
            yield "the client reported success, and the new table was not there"
        if not (played.outcome.succeeded or played.outcome.killed or is_clean(played.outcome)):
            yield f"the client failed in another way than cleanly: {played.outcome}"
        if "nothing of it is visible" in played.outcome.message and played.between != self.before:
            yield "the client said that nothing of it is visible, and the new table was there"
