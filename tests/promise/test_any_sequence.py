"""Whatever happens, in any order and at once: the view shows what the oracle computes from the raw lines."""

import time
from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from local_aws.server import LocalAws
from tests.promise import mutants
from tests.promise import operations as op
from tests.promise.deployment import deploy
from tests.promise.mutants import MUTANTS, Mutant
from tests.promise.world import World

pytestmark = pytest.mark.slow
KINDS = ("Add", "Run", "Publish", "Rerun", "Rollback", "Withdraw", "Release", "Janitor", "CatchUp", "Backfill",
         "Together")  # fmt: skip
_environments = count(1)
# Threads decide how a race ends: what failed once may pass when hypothesis tries it again, and says so.
FOUND = (AssertionError, Flaky)


def name(mutant: Mutant) -> str:
    return mutant.__name__


Operations = st.SearchStrategy[list[op.Operation]]


def search(straight_aws: LocalAws, examples: int, operations: Operations, **options: Any) -> Counter[str]:
    """Runs the property on sequences of operations; returns how often each kind did something."""
    counted: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck), **options)  # fmt: skip
    @given(op.beginnings(), operations)
    @example(op.BEGINNING, op.ONE_OF_EACH)
    def any_sequence(beginning: tuple[op.Operation, ...], steps: list[op.Operation]) -> None:
        counted["examples"] += 1
        world = World(deploy(straight_aws.endpoint_url, f"t{next(_environments)}"), counted)
        for step in (*beginning, *steps):
            world.do(step)
        world.settle()

    started = time.process_time()
    try:
        any_sequence()
    finally:
        print(f"{time.process_time() - started:.0f} s of CPU: {dict(counted)}")
    return counted


def test_the_view_is_what_the_oracle_computes_whatever_happened(straight_aws: LocalAws) -> None:
    counted = search(straight_aws, 7, op.sequences(8, 12))
    assert all(counted[kind] for kind in KINDS), counted


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_same_with_many_long_sequences(straight_aws: LocalAws) -> None:
    counted = search(straight_aws, 150, op.sequences(8, 20))
    assert all(counted[kind] > 50 for kind in KINDS), counted


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=name)
def test_a_mutant_of_the_protocol_is_found(
    straight_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, mutant: Mutant
) -> None:
    mutant(monkeypatch)
    with pytest.raises(FOUND):
        search(straight_aws, 60, op.sequences(6, 9), phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.long
@pytest.mark.parametrize(
    ("mutant", "race"),
    [
        (mutants.no_version_id, op.collisions(8)),
        (mutants.a_merge_is_kept_though_the_main_changed, op.collisions(8)),
        (mutants.catch_up_overlooks_a_new_pin, op.pins_beside_catch_up(4)),
    ],
)
def test_a_mutant_that_loses_a_race_wrongly_is_found(
    straight_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, mutant: Mutant, race: list[op.Operation]
) -> None:
    mutant(monkeypatch)
    with pytest.raises(FOUND):
        search(straight_aws, 3, st.just(race), phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize("race", [op.collisions(2), op.pins_beside_catch_up(1)], ids=["collision", "pin"])
def test_the_races_themselves_end_right(straight_aws: LocalAws, race: list[op.Operation]) -> None:
    search(straight_aws, 1, st.just(race))
