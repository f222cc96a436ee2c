"""Lambda functions.

Supports: CreateFunction, GetFunction, UpdateFunctionCode, DeleteFunction, Invoke (RequestResponse and Event),
PutFunctionConcurrency, PutFunctionEventInvokeConfig, GetFunctionEventInvokeConfig, AddPermission, GetPolicy; packages
given as ZipFile, within Lambda's limits, unpacked and run by this machine's own interpreter, in which nothing can be
imported but the standard library, the package, and boto3 with its dependencies, as in Lambda's runtime; Handler,
Environment, Timeout (the import has as much again), MemorySize (an environment that ever held more is killed, as
Lambda does); environments stay warm; log format JSON, one stream per environment, in the log group; reserved
concurrency; asynchronous events with retries (2, after one minute and two more) and a maximum age, dead letters to an
SQS queue; errors as the runtime for Python tells them.
Different from AWS: the package has to be the one that was built for this machine, whatever Architectures says; at most
as many asynchronous events at a time as this machine has cores; waits are in real time; boto3 is of the version that is
installed here; the disk is not read-only beside /tmp. The role is stored, not assumed.
Does not support: versions, aliases, layers, containers, other runtimes, VPC, X-Ray, streaming, destinations, event
source mappings, log levels, other log formats, UpdateFunctionConfiguration, ClientContext, LogType. All of these are
refused. Metrics in the log (EMF) stay there.
"""

import json
import shutil
import sys
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.clients import ACCOUNT_ID, local_client
from local_aws.clock import Clock
from local_aws.engine import Operation, Reply, RestEngine
from local_aws.errors import ServiceError, unsupported
from local_aws.lambda_functions.definition import configuration, dead_letter_queue, invalid, name_of
from local_aws.lambda_functions.events import EventQueue
from local_aws.lambda_functions.function import MAX_AGE, MAX_RETRIES, Function
from local_aws.lambda_functions.package import read_package, unpack
from local_aws.lambda_functions.place import Place
from local_aws.lambda_functions.sandbox import Event

Request = dict[str, Any]
MAX_PAYLOAD = {"RequestResponse": 6_291_456, "Event": 1_048_576}  # bytes


class LambdaEngine(RestEngine):
    service = "lambda"

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        self._place = Place(endpoint_url, clock, (data_dir / "lambda").absolute())
        self._functions: dict[str, Function] = {}
        self._lock = threading.Lock()
        self.events = EventQueue(self._send_dead_letter)

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "CreateFunction": self._create,
            "GetFunction": self._get,
            "UpdateFunctionCode": self._update_code,
            "DeleteFunction": self._delete,
            "Invoke": self._invoke,
            "PutFunctionConcurrency": self._put_concurrency,
            "PutFunctionEventInvokeConfig": self._put_event_invoke_config,
            "GetFunctionEventInvokeConfig": self._get_event_invoke_config,
            "AddPermission": self._add_permission,
            "GetPolicy": self._get_policy,
        }

    def close(self) -> None:
        self.events.close()
        for function in list(self._functions.values()):
            function.end()
        self.events.join()

    def function(self, name: str) -> Function:
        """By its name or ARN; ResourceNotFoundException."""
        found = self._functions.get(name_of(name))
        if found is None:
            raise not_found(f"Function not found: {name}")
        return found

    def may_be_invoked(self, arn: str, service: str, source_arn: str) -> bool:
        """Whether a service may invoke it on behalf of a resource of this account. ResourceNotFoundException."""
        return self.function(arn).policy.allows(service, source_arn, ACCOUNT_ID)

    def submit(self, arn: str, event: Mapping[str, Any]) -> str:
        """An asynchronous event from another service; its request id. ResourceNotFoundException."""
        return self.events.submit(self.function(arn), json.dumps(event))

    def _create(self, request: Request) -> Reply:
        package = read_package(request["Code"])
        about = configuration(request, self._place.now(), {})
        self._require_queue(about)
        name = about["FunctionName"]
        with self._lock:
            if name in self._functions:
                raise ServiceError("ResourceConflictException", f"Function already exist: {name}", status=409)
            code = self._code_folder(name)
            about |= unpack(package, code)
            self._functions[name] = Function(about, code, self._place, dict(request.get("Tags") or {}))
        return about

    def _code_folder(self, name: str) -> Path:
        return self._place.folder / "code" / name / uuid.uuid4().hex

    def _require_queue(self, about: Request) -> None:
        """Lambda looks whether the role may send there when a function is made."""
        name = dead_letter_queue(about)
        try:
            if name:
                local_client("sqs", self._place.endpoint_url).get_queue_url(QueueName=name)
        except ClientError as error:
            raise invalid(f"expected an existing queue as DeadLetterConfig, got {name}: {error}") from error

    def _get(self, request: Request) -> Reply:
        function = self._asked(request)
        concurrency = {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}
        return {
            "Configuration": function.configuration,
            "Code": {"RepositoryType": "S3"},
            "Tags": function.tags,
            **({"Concurrency": concurrency} if concurrency else {}),
        }

    def _update_code(self, request: Request) -> Reply:
        function = self._asked(request)
        package = read_package({name: value for name, value in request.items() if name != "FunctionName"})
        code = self._code_folder(function.configuration["FunctionName"])
        about = {**function.configuration, **unpack(package, code), "RevisionId": str(uuid.uuid4())}
        function.update(about, code)
        return about

    def _delete(self, request: Request) -> Reply:
        function = self._asked(request)
        with self._lock:
            self._functions.pop(function.configuration["FunctionName"], None)
        function.end()
        shutil.rmtree(function.code.parent, ignore_errors=True)
        return {}

    def _asked(self, request: Request) -> Function:
        if request.get("Qualifier", "$LATEST") != "$LATEST":
            raise unsupported("lambda", f"Qualifier = {request['Qualifier']}")
        return self.function(request["FunctionName"])

    def _invoke(self, request: Request) -> Reply:
        function = self._asked(request)
        for field in ("ClientContext", "LogType"):
            if request.get(field, "None") != "None":
                raise unsupported("lambda", f"{field} of Invoke")
        kind = request.get("InvocationType", "RequestResponse")
        if kind not in MAX_PAYLOAD:
            raise unsupported("lambda", f"InvocationType = {kind}")
        payload = checked_payload(request.get("Payload") or b"{}", MAX_PAYLOAD[kind])
        if kind == "Event":
            self.events.submit(function, payload)
            return {"StatusCode": 202, "Payload": ""}
        outcome = function.invoke(Event(str(uuid.uuid4()), payload))
        failed = {"FunctionError": "Unhandled"} if outcome.failed else {}
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": outcome.payload, **failed}

    def _put_concurrency(self, request: Request) -> Reply:
        function = self._asked(request)
        function.reserved = at_least_zero(request, "ReservedConcurrentExecutions", 1000)
        return {"ReservedConcurrentExecutions": function.reserved}

    def _put_event_invoke_config(self, request: Request) -> Reply:
        function = self._asked(request)
        if (request.get("DestinationConfig") or {}) != {}:
            raise unsupported("lambda", "DestinationConfig")
        function.retries = at_least_zero(request, "MaximumRetryAttempts", MAX_RETRIES)
        function.max_age = at_least_zero(request, "MaximumEventAgeInSeconds", MAX_AGE)
        return event_invoke_config(function)

    def _get_event_invoke_config(self, request: Request) -> Reply:
        function = self._asked(request)
        if function.retries is None:
            raise not_found(f"The function {function.arn} doesn't have an EventInvokeConfig")
        return event_invoke_config(function)

    def _add_permission(self, request: Request) -> Reply:
        function = self._asked(request)
        return {"Statement": json.dumps(function.policy.add(request, function.arn))}

    def _get_policy(self, request: Request) -> Reply:
        function = self._asked(request)
        text = function.policy.text()
        if text is None:
            raise not_found("The resource you requested does not exist.")
        return {"Policy": text, "RevisionId": function.configuration["RevisionId"]}

    def _send_dead_letter(self, function: Function, queue: str, message: Mapping[str, Any]) -> None:
        queues = self._place.client("sqs", function.configuration)
        try:
            queues.send_message(QueueUrl=f"{self._place.endpoint_url}/{ACCOUNT_ID}/{queue}", **message)
        except (BotoCoreError, ClientError) as error:
            print(f"local lambda: a dead letter for {queue} is lost: {error}", file=sys.stderr, flush=True)


def not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, status=404)


def event_invoke_config(function: Function) -> Reply:
    return {
        "FunctionArn": f"{function.arn}:$LATEST",
        "MaximumRetryAttempts": function.retries,
        "MaximumEventAgeInSeconds": function.max_age,
    }


def at_least_zero(request: Request, field: str, most: int) -> int:
    value = request.get(field, most)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise invalid(f"expected {field} between 0 and {most}, got {value!r}")
    return value


def checked_payload(body: bytes, limit: int) -> str:
    """The event as JSON text."""
    if len(body) > limit:
        raise ServiceError("RequestTooLargeException", f"expected at most {limit} bytes, got {len(body)}", status=413)
    try:
        json.loads(body)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", message) from error
    return body.decode()
