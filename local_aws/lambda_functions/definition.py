"""What CreateFunction accepts, and how a function's configuration reads back."""

import re
import sys
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.errors import ServiceError, unsupported

Json = dict[str, Any]

RUNTIME = "python{}.{}".format(*sys.version_info)  # a package is built for one version of Python
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
QUEUE_ARN = re.compile(rf"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:([A-Za-z0-9_-]+)")
# Stored and read back; what they change on AWS has no part here.
KEPT = frozenset({"Description", "Role", "KMSKeyArn", "Tags", "Architectures"})
CHECKED = frozenset(
    {"FunctionName", "Runtime", "Handler", "Code", "Timeout", "MemorySize", "DeadLetterConfig", "Environment"}
    | {"LoggingConfig", "PackageType", "Publish", "TracingConfig", "EphemeralStorage"}
)
# What means "not used", or the only way in which a function runs here.
ONLY: Mapping[str, Any] = {
    "PackageType": "Zip",
    "Publish": False,
    "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512},
}
NAMES_OF_LAMBDA = re.compile(r"AWS_(LAMBDA_.*|REGION|DEFAULT_REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY)|_HANDLER|TZ")


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", message)


def configuration(request: Json, now: datetime, code: Json) -> Json:
    """The function's configuration with Lambda's defaults; ``code``: what is known of its package.

    ServiceError for what Lambda refuses, and for what the local one cannot be true to.
    """
    check(request)
    name = request["FunctionName"]
    kept = {field: request[field] for field in KEPT - {"Tags"} if field in request}
    dead_letters = {"DeadLetterConfig": request["DeadLetterConfig"]} if dead_letter_queue(request) else {}
    environment = {"Environment": request["Environment"]} if request.get("Environment") else {}
    return {
        "FunctionName": name,
        "FunctionArn": arn_of(name),
        "Runtime": request["Runtime"],
        "Handler": request["Handler"],
        "Timeout": request.get("Timeout", 3),
        "MemorySize": request.get("MemorySize", 128),
        "Description": "",
        "Version": "$LATEST",
        "Architectures": ["x86_64"],
        "PackageType": "Zip",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "LastModified": now.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "RevisionId": str(uuid.uuid4()),
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": log_group(request)},
        **kept,
        **dead_letters,
        **environment,
        **code,
    }


def arn_of(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"


def name_of(reference: str) -> str:
    """A function's name from what calls name it by: its name, its ARN, or the ARN's end."""
    name = re.sub(rf"^((arn:aws:lambda:{REGION}:)?{ACCOUNT_ID}:)?(function:)?", "", reference)
    if ":" in name:
        raise unsupported("lambda", f"versions and aliases ({reference})")
    return name


def check(request: Json) -> None:
    for field, value in request.items():
        if field not in KEPT | CHECKED or (field in ONLY and value != ONLY[field]):
            raise unsupported("lambda", f"{field} = {value!r:.100}")
    if not NAME.fullmatch(request.get("FunctionName", "")):
        raise invalid(f"expected a FunctionName of 1 to 64 letters, digits, - and _, got {request.get('FunctionName')}")
    for field in ("Role", "Handler"):
        if not request.get(field):
            raise invalid(f"expected a {field}")
    if request.get("Runtime") != RUNTIME:
        raise unsupported("lambda", f"the runtime {request.get('Runtime')}, as it runs in this machine's {RUNTIME}")
    if request.get("Architectures", ["arm64"]) not in (["arm64"], ["x86_64"]):
        raise invalid(f"expected Architectures arm64 or x86_64, got {request['Architectures']}")
    between(request, "Timeout", 1, 900)
    between(request, "MemorySize", 128, 10240)
    log_group(request)
    check_environment((request.get("Environment") or {}).get("Variables") or {})


def between(request: Json, field: str, low: int, high: int) -> None:
    value = request.get(field, low)
    if not isinstance(value, int) or not low <= value <= high:
        raise invalid(f"expected {field} between {low} and {high}, got {value!r}")


def check_environment(variables: Mapping[str, str]) -> None:
    if taken := [name for name in variables if NAMES_OF_LAMBDA.fullmatch(name)]:
        raise invalid(f"expected environment variables that Lambda does not set itself, got {', '.join(taken)}")
    if sum(len(name) + len(value) for name, value in variables.items()) > 4096:
        raise invalid("expected environment variables of at most 4 KB")


def log_group(request: Json) -> str:
    logging = request.get("LoggingConfig") or {}
    if logging.get("LogFormat") != "JSON" or logging.keys() - {"LogFormat", "LogGroup"}:
        raise unsupported("lambda", f"LoggingConfig = {logging}: only LogFormat JSON, with a LogGroup or without")
    return str(logging.get("LogGroup") or f"/aws/lambda/{request['FunctionName']}")


def dead_letter_queue(configuration: Json) -> str | None:
    """The name of the queue, of the request or of the configuration; None where there is none."""
    target = (configuration.get("DeadLetterConfig") or {}).get("TargetArn")
    if not target:
        return None
    queue = QUEUE_ARN.fullmatch(target)
    if not queue:
        raise unsupported("lambda", f"the dead-letter target {target}: only queues of this account and region")
    return queue[1]
