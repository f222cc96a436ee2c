"""What Terraform plans, as local_aws/stack.json has it: for the local environment, or for another one beside it."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from local_aws.athena.views import STORED

ENVIRONMENT = "local"  # what stack.json is planned for
_NAME = re.compile(rf"\b(clickstream[a-z_-]*[_-]){ENVIRONMENT}\b")  # clickstream_local, clickstream-raw-local-...


class PlanError(ValueError):
    """Something planned that the local AWS cannot be true to; the message names resource, attribute, value and file."""


@dataclass(frozen=True)
class Resource:
    """``address``: as Terraform prints it; ``values``: blocks are lists of dicts, and nulls are left out."""

    address: str
    type: str
    values: Mapping[str, Any]


def planned_resources(environment: str = ENVIRONMENT) -> tuple[Resource, ...]:
    """Every planned resource, in the order of the addresses."""
    text = (files("local_aws") / "stack.json").read_text("utf-8")
    document = json.loads(text if environment == ENVIRONMENT else renamed(text, environment))
    return tuple(Resource(**one) for one in document["resources"])


def renamed(text: str, environment: str) -> str:
    """The document as planned for another environment: in all names, in the views, and where it is a value itself."""

    def view(found: re.Match[str]) -> str:
        stored = _NAME.sub(rf"\g<1>{environment}", base64.b64decode(found[1]).decode())
        return f"/* Presto View: {base64.b64encode(stored.encode()).decode()} */"

    names = _NAME.sub(rf"\g<1>{environment}", STORED.sub(view, text))
    return names.replace(f'"{ENVIRONMENT}"', f'"{environment}"')
