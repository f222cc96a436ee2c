"""moto's server as one WSGI application of this process, and direct calls to it for the engines before it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3 import notifications
from werkzeug.test import Client

from local_aws.clients import REGION
from local_aws.errors import ServiceError


@cache
def application() -> Any:
    """The WSGI application. moto keeps its state in module globals, so a process has one."""
    return DomainDispatcherApplication(create_backend_app)


def reset() -> None:
    """Forgets every bucket, table, role and queue."""
    BackendDict.reset()
    reset_model_data()


@contextmanager
def telling_of_objects(listener: Callable[[str, str, Any, Any], None]) -> Iterator[None]:
    """While it is open, S3 calls ``listener(account, "s3:ObjectCreated:Put", bucket, key)`` for each complete object.

    moto's own function of that name invokes its own Lambda, which runs nothing without Docker, and says nothing of it.
    """

    def tell(account_id: str, event_name: notifications.S3NotificationEvent, bucket: Any, key: Any) -> None:
        # An object of several parts is complete with CompleteMultipartUpload; moto makes a Put of it before.
        early = key.multipart and event_name is notifications.S3NotificationEvent.OBJECT_CREATED_PUT_EVENT
        if event_name.value.startswith("s3:ObjectCreated:") and not early:
            listener(account_id, event_name.value, bucket, key)

    with patch.object(notifications, "send_event", tell):
        yield


def call(service: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
    """One operation of a JSON service, without a socket. Raises moto's error as a :class:`ServiceError`."""
    response = Client(application()).post(
        "/",
        data=json.dumps(body),
        headers={
            "X-Amz-Target": target,
            "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20240101/{REGION}/{service}/aws4_request",
            "Content-Type": "application/x-amz-json-1.1",
        },
    )
    reply: dict[str, Any] = json.loads(response.data or b"{}")
    if response.status_code >= 300:
        code = str(reply.get("__type", "InternalServiceException")).rpartition("#")[2]
        raise ServiceError(code, str(reply.get("message", reply.get("Message", ""))), response.status_code)
    return reply
