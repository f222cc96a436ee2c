"""boto3 clients for the engines' own calls: always to this machine, never with the user's credentials."""

import os
import re
import threading
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from local_aws.principals import ANYBODY

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ACCOUNT_ID = "123456789012"  # moto's default account
REGION = "eu-west-1"
# docker-compose.yaml gives the name of the local AWS's container in this variable; it is set nowhere else.
CONTAINER_NAME = "CLICKSTREAM_LOCAL_AWS_HOST"
CREATING = threading.Lock()  # clients may be shared by threads, the session that makes them may not


def require_loopback(endpoint_url: str) -> str:
    """The URL itself, or ValueError where it would leave this machine (or its container network)."""
    host = urlsplit(endpoint_url).hostname
    if host not in LOOPBACK and (host is None or host != container_name()):
        raise ValueError(f"expected an endpoint on this machine (127.0.0.1), got {endpoint_url!r}: nothing was sent")
    return endpoint_url


def container_name() -> str | None:
    """The local AWS's name on a container network, None where there is none.

    ValueError unless it is one word without a dot: such a name is never one of the internet's, and so never AWS's.
    """
    name = os.environ.get(CONTAINER_NAME) or None
    if name and not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValueError(f"{CONTAINER_NAME}: expected a container's name without a dot (local-aws), got {name!r}")
    return name


def local_client(service: str, endpoint_url: str, region: str = REGION, principal: str = ANYBODY) -> Any:
    """A boto3 client for the local AWS that calls as ``principal``; its credentials mean nothing anywhere else."""
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, max_pool_connections=32)
    with CREATING:
        return session(region).client(
            service,
            endpoint_url=require_loopback(endpoint_url),
            config=config,
            aws_access_key_id=principal,
            aws_secret_access_key="local",  # noqa: S106  a word, not a secret: moto takes any
        )


@cache
def session(region: str) -> Any:
    """One per region: it keeps the service models, which take 0.1 s each to read."""
    return boto3.session.Session(region_name=region)
