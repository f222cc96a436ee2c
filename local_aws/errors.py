"""Errors as AWS's JSON services return them."""

from collections.abc import Mapping
from types import MappingProxyType


class ServiceError(Exception):
    """An error reply: ``code`` is the service's own (``EntityNotFoundException``), ``status`` the HTTP status.

    ``extra``: further members of the reply.
    """

    extra: Mapping[str, str] = MappingProxyType({})

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def unsupported(service: str, what: str) -> ServiceError:
    """What the local AWS refuses: it never answers a call whose effect it does not have."""
    return ServiceError(
        "UnsupportedOperationException",
        f"the local AWS does not support {what} of {service}; the head of each module in local_aws/ says what it does",
        status=501,
    )
