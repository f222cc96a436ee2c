from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import moto_app, provision
from local_aws.clients import REGION, local_client
from local_aws.provision import CREATED, RESTORED, PartialStack, Provisioner, State
from local_aws.server import LocalAws

BUCKET = "artifacts"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with LocalAws() as aws:
        yield local_client("s3", aws.endpoint_url)


class World:
    """A provisioner whose stack is two buckets, the file that says it is there, and what it said."""

    def __init__(self, s3: Any, folder: Path) -> None:
        self.s3, self.ready, self.said = s3, folder / "ready", []
        self.provisioner = Provisioner(s3, BUCKET, self.create, self.ready, self.said.append)

    def create(self) -> None:
        for name in ("another", BUCKET):
            self.create_bucket(name)

    def create_bucket(self, name: str) -> None:
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


@pytest.fixture
def world(s3: Any, tmp_path: Path) -> World:
    moto_app.reset()
    return World(s3, tmp_path)


def test_empty_local_aws_gets_the_stack_once(world: World) -> None:
    assert [world.provisioner.step() for _ in range(3)] == [State.COMPLETE] * 3
    assert world.said == [CREATED]
    assert world.ready.exists()


def test_after_a_restart_the_stack_is_there_again_and_the_loss_is_said(world: World) -> None:
    world.provisioner.step()
    moto_app.reset()
    world.provisioner.step()
    assert world.said == [CREATED, RESTORED]
    assert "events and what was published are gone" in RESTORED
    assert world.ready.exists()


def test_stack_that_is_complete_is_left_alone_by_a_new_provisioner(world: World, tmp_path: Path) -> None:
    world.provisioner.step()
    world.ready.unlink()
    again = Provisioner(world.s3, BUCKET, pytest.fail, world.ready, world.said.append)
    assert again.step() is State.COMPLETE
    assert world.ready.exists()
    assert world.said == [CREATED]


@pytest.mark.parametrize("made", ["another", BUCKET])
def test_stack_whose_creation_was_broken_off_is_never_taken_for_complete(world: World, made: str) -> None:
    world.create_bucket(made)
    with pytest.raises(PartialStack, match="docker compose restart local-aws"):
        world.provisioner.step()
    assert not world.ready.exists()


def test_it_is_not_ready_while_the_stack_is_created(world: World) -> None:
    seen = []

    def create() -> None:
        seen.append(world.ready.exists())
        world.create()

    watched = Provisioner(world.s3, BUCKET, create, world.ready, world.said.append)
    watched.step()
    assert seen == [False]


def test_file_of_an_earlier_life_is_not_ready_but_tells_that_events_are_gone(world: World) -> None:
    world.ready.touch()
    later = World(world.s3, world.ready.parent)
    assert not world.ready.exists()
    later.provisioner.step()
    assert later.said == [RESTORED]


def test_local_aws_that_does_not_answer_is_waited_for_and_not_ready(world: World) -> None:
    world.provisioner.step()
    away = Provisioner(local_client("s3", "http://127.0.0.1:1"), BUCKET, pytest.fail, world.ready, world.said.append)
    world.ready.touch()
    assert away.step() is State.UNREACHABLE
    assert not world.ready.exists()


def test_endpoint_off_this_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        provision.provisioner("http://s3.amazonaws.com", tmp_path / "ready")
