"""Starts the Glue job that Terraform made, never makes one, and waits for the run.

Nothing here stops a Glue run. Whoever kills or clears these tasks leaves behind a run that ends by itself (the job's
timeout) and at worst writes a generation that nobody publishes; stopping it would also fail who waits for it by right.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.amazon.aws.hooks.glue import GlueJobHook
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.sensors.glue import GlueJobSensor
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred
from botocore.exceptions import ClientError

from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS
from clickstream_airflow.glue_triggers import TERRAFORM, JobRunTrigger, error_code, require_success

# The job's own limit of concurrent runs, and the account's of runs or capacity: both pass as other runs end.
NO_ROOM = frozenset({"ConcurrentRunsExceededException", "ResourceNumberLimitExceededException"})
PAUSE = (30.0, 90.0)  # seconds, drawn at random: who was refused together does not ask again together


class ExistingGlueJobHook(GlueJobHook):
    """The provider's hook creates a job that is missing; here that is an error which names it."""

    def create_glue_job_config(self) -> dict[str, Any]:
        raise AirflowFailException(f"Glue job {self.job_name!r} does not exist in {self.conn_region_name}. {TERRAFORM}")


class StartTransformOperator(GlueJobOperator):
    """Starts one run of the job for one arrival day and returns Glue's job run id, without waiting for the run.

    A retry or a clear starts another run: it has an id, and so a generation, of its own. Where Glue has no room it
    asks again, deferred, for ``patience``; then AirflowException.
    """

    operator_extra_links = (*GlueJobOperator.operator_extra_links, *LINKS)  # type: ignore[assignment]
    aws_hook_class = ExistingGlueJobHook

    def __init__(self, *, patience: timedelta = timedelta(hours=2), **kwargs: Any) -> None:
        super().__init__(wait_for_completion=False, update_config=False, deferrable=False, **kwargs)
        self.patience = patience

    def execute(self, context: Context) -> str:
        return self.start(context, give_up_at=datetime.now(UTC) + self.patience)

    def start(self, context: Context, give_up_at: datetime, event: Any = None) -> str:
        """One attempt; the trigger calls it again with the deadline (aware) of the first."""
        try:
            return str(super().execute(context))
        except ClientError as error:
            if error_code(error) not in NO_ROOM:
                raise
            raise self._pause(give_up_at, error) from error

    def _pause(self, give_up_at: datetime, error: ClientError) -> BaseException:
        """The deferral until the next attempt, or the failure where the time for it is over."""
        if datetime.now(UTC) >= give_up_at:
            return AirflowException(
                f"Glue had no room for a run of {self.job_name} until {give_up_at:%Y-%m-%d %H:%M:%S} UTC: {error}"
            )
        pause = timedelta(seconds=random.uniform(*PAUSE))
        self.log.info("%s; asking again in %d s.", error, pause.total_seconds())
        return TaskDeferred(trigger=TimeDeltaTrigger(pause), method_name="start", kwargs={"give_up_at": give_up_at})


class AwaitTransformSensor(GlueJobSensor):
    """Waits, deferred, until the Glue run has ended, for ``timeout`` seconds at most.

    The provider's sensor would wait for ever on EXPIRED, and buries Glue's message. AirflowFailException with it where
    the run did not succeed, for looking again changes nothing; AirflowException where Glue could not be asked.
    """

    operator_extra_links = LINKS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(deferrable=True, **kwargs)

    def execute(self, context: Context) -> None:
        trigger = JobRunTrigger(
            job_name=self.job_name,
            run_id=self.run_id,
            give_up_at=datetime.now(UTC) + timedelta(seconds=self.timeout),
            waiter_delay=self.poke_interval,
            aws_conn_id=self.aws_conn_id,
            region_name=self.region_name,
        )
        self.defer(trigger=trigger, method_name="execute_complete")

    def execute_complete(self, context: Context, event: Mapping[str, Any] | None = None) -> None:
        require_success(event)
        self.log.info("Glue run %s of %s succeeded.", self.run_id, self.job_name)


def run_of_the_job(task_id: str, script_args: Mapping[str, Any]) -> tuple[StartTransformOperator, AwaitTransformSensor]:
    """The tasks ``task_id`` and ``await_<task_id>``: a run of this deployment's job is started, and waited for."""
    settings = airflow_settings()
    job: dict[str, Any] = {"job_name": settings.name("glue_job"), "region_name": settings.region}
    bookmark = {"--job-bookmark-option": "job-bookmark-disable"}  # the bookmark is catch-up's alone
    start = StartTransformOperator(task_id=task_id, script_args={**script_args, **bookmark}, **job)
    wait = AwaitTransformSensor(
        task_id=f"await_{task_id}",
        run_id=start.output,
        poke_interval=int(settings.poll_seconds),
        timeout=4 * 3600,  # seconds: Glue's own timeout ends a run before that
        retries=1,
        **job,
    )
    return start, wait
