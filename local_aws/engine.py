"""What every engine behind the gateway is: a table of operations of one AWS JSON service."""

from collections.abc import Callable, Mapping
from typing import Any

Reply = dict[str, Any]
Operation = Callable[[dict[str, Any]], Reply]


class Engine:
    """Answers the operations of one ``X-Amz-Target`` prefix that moto only pretends to have.

    ``operations`` maps an operation's name (``StartJobRun``) to a method that takes the decoded JSON body and
    returns the reply, or raises :class:`local_aws.errors.ServiceError`. Several engines may share a prefix
    (Glue jobs, crawlers and the catalog are all ``AWSGlue``). ``passes_to_moto`` names the operations that
    moto answers truthfully; the gateway refuses every other one of the prefix.
    """

    service: str
    target_prefix: str
    passes_to_moto: frozenset[str] = frozenset()

    @property
    def operations(self) -> Mapping[str, Operation]:
        raise NotImplementedError

    def close(self) -> None:
        """Ends what the engine still does (flush buffers, stop processes); called once, at shutdown."""


class RestEngine(Engine):
    """Answers every operation of a service whose calls are told apart by method and path, not by a target.

    ``service`` is the signing name, and botocore's name of the model by which ``local_aws.rest`` reads the calls.
    ``operations`` take a call's members, wherever in the request they stood, and return the reply's.
    """

    target_prefix = ""
