"""Who calls: here the access key id of a request's signature *is* the name of the role, for which AWS would issue keys.

The engines sign with the role that they were given, as the services do that assume it; Airflow with its own; everybody
else is ANYBODY. Nobody's rights are checked: ``recorder`` writes down who asked for what, and a test asks the policies.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

ANYBODY = "local"
_KEY_ID = re.compile(r"Credential=([^/,\s]+)/")
_caller = ContextVar("caller", default=ANYBODY)


def role_name(role: str) -> str:
    """The name in a role's ARN, or the name itself, as the services take either."""
    return role.rpartition("/")[2]


def signer(environ: Mapping[str, Any]) -> str | None:
    """Who signed the request, if anybody did."""
    signed_url = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])[0]
    found = _KEY_ID.search(environ.get("HTTP_AUTHORIZATION", "") or f"Credential={signed_url}")
    return found[1] if found else None


def caller() -> str:
    """Who made the request that this thread answers: an engine's operation may ask, its own threads may not."""
    return _caller.get()


@contextmanager
def answering(environ: Mapping[str, Any]) -> Iterator[None]:
    """While it is open, ``caller()`` is who signed the request, or ANYBODY."""
    token = _caller.set(signer(environ) or ANYBODY)
    try:
        yield
    finally:
        _caller.reset(token)
