"""``python -m local_aws.provision URL --ready-file FILE``: keeps the stack in a local AWS that another container runs.

A local AWS holds everything in memory. Whenever this finds it empty, it creates the stack, and says that events are
gone if there was one before. FILE exists while the stack is complete: the health check of its container.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from local_aws.safety import clear_aws_environment

LOOK_SECONDS = 2
MARKER = "provisioned"  # an object in the artifacts bucket, written last: what is missing it is incomplete
CREATED = "the stack is there; it holds no events yet: docker compose run --rm events"
RESTORED = (
    "the local AWS has begun anew: the stack is there again, but its events and what was published are gone. "
    "Send them again: docker compose run --rm events; then run their days again"
)


class State(Enum):
    """Of the stack in a local AWS."""

    UNREACHABLE = "unreachable"
    ABSENT = "absent"
    PARTIAL = "partial"
    COMPLETE = "complete"


class PartialStack(RuntimeError):
    """Somebody began to create the stack and did not finish."""

    def __init__(self) -> None:
        super().__init__("the stack is there in part, its creation was broken off: docker compose restart local-aws")


class Provisioner:
    """Creates the stack with ``create`` wherever a look finds it absent. ``s3``, ``bucket``: where the marker is."""

    def __init__(
        self, s3: Any, bucket: str, create: Callable[[], None], ready: Path, say: Callable[[str], None]
    ) -> None:
        self._s3, self._bucket, self._create, self._ready, self._say = s3, bucket, create, ready, say
        self._again = ready.exists()  # both containers were restarted
        ready.unlink(missing_ok=True)

    def step(self) -> State:
        """One look, and what follows from it; PartialStack where that is beyond mending."""
        state = self.look()
        if state is not State.COMPLETE:
            self._ready.unlink(missing_ok=True)
        if state is State.PARTIAL:
            raise PartialStack
        if state is State.ABSENT:
            self._create()
            self._s3.put_object(Bucket=self._bucket, Key=MARKER)
            self._say(RESTORED if self._again else CREATED)
            state = State.COMPLETE
        if state is State.COMPLETE:
            self._again = True
            self._ready.touch()
        return state

    def look(self) -> State:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = {one["Name"] for one in self._s3.list_buckets()["Buckets"]}
            if self._bucket not in found:
                return State.PARTIAL if found else State.ABSENT
            objects = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=MARKER)
        except (BotoCoreError, ClientError):  # it starts, or ends
            return State.UNREACHABLE
        return State.COMPLETE if objects["KeyCount"] else State.PARTIAL


def provisioner(endpoint_url: str, ready: Path) -> Provisioner:
    """Of the pipeline's own stack, built from this checkout."""
    from local_aws.__main__ import create_stack
    from local_aws.stack import Stack

    stack = Stack(endpoint_url)
    create = partial(create_stack, endpoint_url)
    return Provisioner(stack.client("s3"), stack.name("artifacts_bucket"), create, ready, say)


def say(text: str) -> None:
    print(f"provision: {text}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after SIGTERM, 1 where the stack is there in part."""
    parser = argparse.ArgumentParser(prog="python -m local_aws.provision", description=__doc__)
    parser.add_argument("url", help="of the local AWS")
    parser.add_argument("--ready-file", type=Path, required=True, metavar="FILE", help="exists while the stack does")
    options = parser.parse_args(arguments)
    clear_aws_environment(os.environ)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    keep = provisioner(options.url, options.ready_file)
    try:
        while not stopped.is_set():
            keep.step()
            stopped.wait(LOOK_SECONDS)
    except PartialStack as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
