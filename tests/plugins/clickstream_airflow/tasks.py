"""Runs a task to its end as Airflow does: each deferral's trigger is made anew from what Airflow would store of it."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk._shared.module_loading import import_string
from airflow.sdk.bases.operator import ExecutorSafeguard
from airflow.sdk.exceptions import TaskDeferred
from airflow.sdk.serde import deserialize, serialize
from airflow.triggers.base import BaseTrigger
from botocore.exceptions import ClientError

from local_airflow.environment import clickstream_options
from local_aws.safety import local_environment


def task_environment(endpoint_url: str) -> dict[str, str]:
    """What a worker and a triggerer need to reach the local AWS."""
    return {**local_environment(endpoint_url, {}), **clickstream_options(), "AIRFLOW_CONN_AWS_DEFAULT": "aws://"}


def revived(trigger: BaseTrigger) -> BaseTrigger:
    path, fields = trigger.serialize()
    made: BaseTrigger = import_string(path)(**deserialize(serialize(fields)))
    return made


async def first_event(trigger: BaseTrigger) -> Any:
    return (await anext(aiter(trigger.run()))).payload


def called_as_task(task: BaseOperator, method: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    context = contextvars.copy_context()
    context.run(ExecutorSafeguard.tracker.set, task)
    return context.run(method, *arguments, **more)


def finish(task: BaseOperator, context: Any = None) -> Any:
    """What the task returns, or the exception that it fails with."""
    method, more = task.execute, {}
    while True:
        try:
            return called_as_task(task, method, context or {}, **more)
        except TaskDeferred as deferral:
            event = asyncio.run(first_event(revived(deferral.trigger)))
            method, more = getattr(task, deferral.method_name), {**(deferral.kwargs or {}), "event": event}


def client_error(code: str, status: int = 400) -> ClientError:
    reply = {"Error": {"Code": code, "Message": "so it is"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(reply, "Operation")  # type: ignore[arg-type]
