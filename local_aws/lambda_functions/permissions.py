"""Who may invoke a function: the statements of its resource policy, as AddPermission makes them."""

import fnmatch
import json
import threading
from typing import Any

from local_aws.errors import ServiceError, unsupported

Json = dict[str, Any]
ACTION = "lambda:InvokeFunction"
ACCEPTED = frozenset({"FunctionName", "StatementId", "Action", "Principal", "SourceArn", "SourceAccount"})


class Policy:
    def __init__(self) -> None:
        self._statements: dict[str, Json] = {}
        self._lock = threading.Lock()

    def add(self, request: Json, function_arn: str) -> Json:
        """The new statement. ServiceError: its id is taken, or it says what the local Lambda does not ask."""
        for name in request.keys() - ACCEPTED:
            raise unsupported("lambda", f"{name} of AddPermission")
        if request["Action"] != ACTION or not request["Principal"].endswith(".amazonaws.com"):
            raise unsupported("lambda", f"permissions but {ACTION} for a service, got {request}")
        statement = statement_of(request, function_arn)
        with self._lock:
            if statement["Sid"] in self._statements:
                message = f"The statement id ({statement['Sid']}) provided already exists."
                raise ServiceError("ResourceConflictException", message, status=409)
            self._statements[statement["Sid"]] = statement
        return statement

    def text(self) -> str | None:
        """The policy as JSON; None where there is none."""
        if not self._statements:
            return None
        statements = list(self._statements.values())
        return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements})

    def allows(self, service: str, source_arn: str, source_account: str) -> bool:
        """Whether a service (``s3.amazonaws.com``) may invoke on behalf of that resource of that account."""
        return any(
            one["Principal"]["Service"] == service and matches(one.get("Condition", {}), source_arn, source_account)
            for one in self._statements.values()
        )


def statement_of(request: Json, function_arn: str) -> Json:
    conditions: Json = {}
    if "SourceAccount" in request:
        conditions["StringEquals"] = {"AWS:SourceAccount": request["SourceAccount"]}
    if "SourceArn" in request:
        conditions["ArnLike"] = {"AWS:SourceArn": request["SourceArn"]}
    return {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": {"Service": request["Principal"]},
        "Action": ACTION,
        "Resource": function_arn,
        **({"Condition": conditions} if conditions else {}),
    }


def matches(conditions: Json, source_arn: str, source_account: str) -> bool:
    account = conditions.get("StringEquals", {}).get("AWS:SourceAccount", source_account)
    pattern = conditions.get("ArnLike", {}).get("AWS:SourceArn", source_arn)
    return account == source_account and fnmatch.fnmatchcase(source_arn, pattern)
