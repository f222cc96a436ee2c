"""Commands of the AWS CLI, as documents and outputs hold them, read against botocore's models."""

import re
from collections.abc import Sequence
from itertools import pairwise

import botocore.session

GLOBAL = frozenset({"--query", "--region"})  # options that the AWS CLI takes with every operation


def options(words: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in pairwise(words) if name.startswith("--")}


def problems(words: Sequence[str]) -> list[str]:
    """What is wrong with ``aws SERVICE OPERATION --option value ...``: options unknown, options missing."""
    _, service, operation, *rest = words
    model = botocore.session.get_session().get_service_model(service.removesuffix("api"))  # aws s3api: S3's own API
    shape = model.operation_model("".join(part.capitalize() for part in operation.split("-"))).input_shape
    known = {"--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower(): name for name in shape.members}
    given = options(rest)
    missing = set(shape.required_members) - {known[name] for name in given if name in known}
    unknown = set(given) - set(known) - GLOBAL
    return [f"{operation} has no {name}" for name in sorted(unknown)] + [
        f"{name} is missing" for name in sorted(missing)
    ]
