"""Nothing local may reach a real account: clean environments, loopback endpoints, and a guard that proves it."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from local_aws.clients import LOOPBACK, REGION, require_loopback
from local_aws.principals import ANYBODY

# A company's own certificate authority is no credential, and downloads of jars may need it.
KEPT = frozenset({"AWS_CA_BUNDLE"})
# Without these botocore reads ~/.aws (profiles may carry endpoints) or asks the instance for credentials.
NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def clear_aws_environment(environ: MutableMapping[str, str]) -> None:
    """Removes every ``AWS_*`` variable (but ``AWS_CA_BUNDLE``) and turns botocore away from the user's own files."""
    for name in [name for name in environ if name.startswith("AWS_") and name not in KEPT]:
        del environ[name]
    environ.update(NOWHERE)


def local_environment(endpoint_url: str, environ: Mapping[str, str], principal: str = ANYBODY) -> dict[str, str]:
    """A copy of ``environ`` in which every AWS client calls ``endpoint_url`` as ``principal``.

    ValueError unless the endpoint is loopback.
    """
    local = dict(environ)
    clear_aws_environment(local)
    local.update(
        AWS_ENDPOINT_URL=require_loopback(endpoint_url),
        AWS_ACCESS_KEY_ID=principal,
        AWS_SECRET_ACCESS_KEY="local",  # noqa: S106  a word, not a secret
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
    )
    for name in ("NO_PROXY", "no_proxy"):
        local[name] = ",".join(filter(None, [environ.get(name, ""), *sorted(LOOPBACK)]))
    return local


class OutsideCallError(RuntimeError):
    def __init__(self, address: object) -> None:
        super().__init__(f"expected calls to this machine only, got one to {address!r}: refused before it was sent")


@contextmanager
def refuse_outside_calls() -> Iterator[None]:
    """While it is open, this process resolves and connects to loopback addresses only; else OutsideCallError."""
    with (
        patch.object(socket.socket, "connect", guarded(socket.socket.connect, at=1)),
        patch.object(socket.socket, "connect_ex", guarded(socket.socket.connect_ex, at=1)),
        patch.object(socket, "getaddrinfo", guarded(socket.getaddrinfo, at=0)),
    ):
        yield


def guarded(original: Callable[..., Any], at: int) -> Callable[..., Any]:
    """``original``, which refuses when its positional argument ``at`` names another machine."""

    def checked(*args: Any, **kwargs: Any) -> Any:
        if not is_loopback(args[at]):
            raise OutsideCallError(args[at])
        return original(*args, **kwargs)

    return checked


def is_loopback(address: object) -> bool:
    """Whether a host name, an (host, port) address or the path of a Unix socket stays on this machine."""
    if isinstance(address, tuple):
        address = address[0]
    elif isinstance(address, str) and address.startswith("/"):
        return True
    if address in (None, "") or address in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(str(address)).is_loopback
    except ValueError:
        return False
