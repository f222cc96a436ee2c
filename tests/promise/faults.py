"""Faults at the edge of the local AWS: a reverse proxy that sees every AWS call of a client and may spoil it.

A *plan* says which call is spoiled, and how: answered with an error of the service, or its connection is cut, or the
client is killed; before the call is carried out or after. Without a fault a call and its answer pass as they are.
"""

import json
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from tests.promise.aws_calls import Call

ANSWER, CUT, KILL = "answer", "cut", "kill"
S3_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
INJECTED = "injected by the test"
SLOW_DOWN = "HIVE_CURSOR_ERROR: Please reduce your request rate. (Service: Amazon S3; Error Code: SlowDown)"
INTERNAL = {"s3": "InternalError", "glue": "InternalServiceException", "athena": "InternalServerException"}
THROTTLED = {
    "s3": (("SlowDown", 503),),
    "glue": (("ThrottlingException", 400),),
    "athena": (("ThrottlingException", 400), ("TooManyRequestsException", 400)),
}


@dataclass(frozen=True)
class Fault:
    """``how``: ANSWER with an error, CUT the connection, KILL the client. ``done``: the call is carried out before.

    Without a ``code`` an ANSWER is the service's word for its own failure, a 500.
    """

    how: str
    done: bool = False
    code: str = ""
    status: int = 0


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; ``body`` is empty after HEAD."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Plan:
    """Nothing befalls any call."""

    def fault(self, call: Call, number: int | None) -> Fault | None:
        """What befalls the call. ``number``: its place from 1 on (see `Journal`), None before the first write."""
        return None

    def changed(self, call: Call, reply: Reply) -> Reply:
        """What is said instead of a true answer."""
        return reply


class AtCall(Plan):
    """One fault at the first call with a number. ``dead_after``: each later connection is cut, as without a network."""

    def __init__(self, number: int, fault: Fault, dead_after: bool = False) -> None:
        self._number, self._fault, self._dead_after = number, fault, dead_after
        self.happened: Call | None = None

    def fault(self, call: Call, number: int | None) -> Fault | None:
        if self.happened:
            return Fault(CUT) if self._dead_after else None
        if number != self._number:
            return None
        self.happened = call
        return self._fault


class RandomShare(Plan):
    """A share (0 to 1) of the calls is throttled or answered with a 500, of which half are carried out nevertheless.

    The same share of Athena's queries fails after they were carried out, as when S3 throttles Athena itself. The n-th
    call of a kind at a place has the same fate whenever the seed is the same, whatever happens in between.
    """

    def __init__(self, seed: int, share: float) -> None:
        self._seed, self._share = seed, share
        self._seen: Counter[str] = Counter()
        self._failed_queries: set[str] = set()
        self.given: Counter[str] = Counter()

    def fault(self, call: Call, number: int | None) -> Fault | None:
        dice = self._dice(call.place)
        if dice.random() >= self._share:
            return None
        fault = _random_error(call.service, dice)
        self.given[f"{call.service} {fault.code or '500'}"] += 1
        return fault

    def changed(self, call: Call, reply: Reply) -> Reply:
        is_start = call.operation == "StartQueryExecution" and reply.status == 200
        if is_start and self._dice(f"query {call.place}").random() < self._share:
            self._failed_queries.add(json.loads(reply.body)["QueryExecutionId"])
            self.given["athena query failed"] += 1
        return _failed_query(reply) if call.target in self._failed_queries else reply

    def _dice(self, place: str) -> random.Random:
        self._seen[place] += 1
        return random.Random(f"{self._seed} {place} {self._seen[place]}")


def _failed_query(reply: Reply) -> Reply:
    """The answer to GetQueryExecution: a query that has ended ended badly, and may be tried again."""
    answer = json.loads(reply.body)
    status = answer["QueryExecution"]["Status"]
    if status["State"] == "SUCCEEDED":
        error = {"ErrorCategory": 1, "ErrorType": 233, "Retryable": True, "ErrorMessage": SLOW_DOWN}
        status |= {"State": "FAILED", "StateChangeReason": SLOW_DOWN, "AthenaError": error}
    return replace(reply, body=json.dumps(answer).encode())


def _random_error(service: str, dice: random.Random) -> Fault:
    if dice.random() < 0.5:
        code, status = dice.choice(THROTTLED[service])
        return Fault(ANSWER, code=code, status=status)
    return Fault(ANSWER, done=dice.random() < 0.5)


def error_reply(call: Call, fault: Fault) -> Reply:
    """The error as the service words it: XML from S3 (nothing after HEAD), JSON from the others."""
    code, status = fault.code or INTERNAL[call.service], fault.status or 500
    if call.service == "s3":
        body = b"" if call.operation.startswith("Head") else S3_ERROR.format(code, INJECTED).encode()
        return Reply(status, (("Content-Type", "application/xml"),), body)
    text = json.dumps({"__type": code, "message": INJECTED})
    headers = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code))
    return Reply(status, headers, text.encode())


@dataclass
class Journal:
    """The calls of one client, numbered from its first write on.

    A poll is one call, however often it is repeated: a call like the one before has the same number.
    """

    plan: Plan = field(default_factory=Plan)
    calls: list[Call] = field(default_factory=list)
    numbered: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fault(self, call: Call) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            is_repeated = self.numbered[-1:] == [call]
            if (self.numbered or call.is_write) and not is_repeated:
                self.numbered.append(call)
            return self.plan.fault(call, len(self.numbered) or None)


class Client:
    """The process at which faults aim; its id may be known later than its first calls."""

    def __init__(self) -> None:
        self._pid: Future[int] = Future()

    def is_process(self, pid: int) -> None:
        self._pid.set_result(pid)

    def kill(self) -> None:
        os.kill(self._pid.result(timeout=30), signal.SIGKILL)


Forward = Callable[[], Reply]


@dataclass
class Edge:
    """What stands between a client and AWS: the client's journal, and who watches.

    ``on_write`` is called after each write that was carried out, before its answer is sent.
    """

    journal: Journal = field(default_factory=Journal)
    client: Client = field(default_factory=Client)
    on_write: Callable[[Call], None] = lambda call: None

    def answer(self, call: Call, forward: Forward) -> Reply | None:
        """The answer to a call; None: there is none, cut the connection."""
        fault = self.journal.fault(call)
        reply = self.journal.plan.changed(call, forward()) if fault is None or fault.done else None
        if reply and call.is_write:
            self.on_write(call)
        if fault is None:
            return reply
        if fault.how == KILL:
            self.client.kill()
        return error_reply(call, fault) if fault.how == ANSWER else None
