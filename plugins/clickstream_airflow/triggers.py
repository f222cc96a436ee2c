"""Triggers that do not answer before the deferring task is out of the way."""

import asyncio
from collections.abc import AsyncIterator

from airflow.providers.amazon.aws.triggers.athena import AthenaTrigger
from airflow.triggers.base import TriggerEvent


class PatientAthenaTrigger(AthenaTrigger):
    """The provider's trigger, with its first look after one ``waiter_delay`` (seconds) instead of at once.

    A worker may need up to `[workers] min_heartbeat_interval` (5 s) to report that it deferred. A query that is
    answered before that resumes the task first; the scheduler then takes the late report for a task that was killed,
    and fails it (seen with Airflow 3.3.1, `process_executor_events`).
    """

    async def run(self) -> AsyncIterator[TriggerEvent]:
        await asyncio.sleep(self.waiter_delay)
        async for event in super().run():
            yield event
