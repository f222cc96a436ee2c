"""Triggers that look at Glue without a worker: patient, bounded, and unmoved by throttling."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar

from airflow.providers.amazon.aws.hooks.glue_crawler import GlueCrawlerHook
from airflow.providers.amazon.aws.utils.waiter_with_logging import RETRIABLE_ERROR_CODES
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.triggers.base import BaseTrigger, TriggerEvent
from botocore.exceptions import BotoCoreError, ClientError

Answer = dict[str, Any]

SUCCESS: Mapping[str, Any] = {"status": "success"}
TERRAFORM = "Terraform makes it: apply the stack, or correct clickstream.environment, which its name is made of."
_TRANSIENT = frozenset(RETRIABLE_ERROR_CODES) | {"OperationTimeoutException"}
_GOING_ON = frozenset({"STARTING", "RUNNING", "STOPPING", "WAITING"})


def failure(message: str, retry: bool) -> Answer:
    """An answer that fails the task; ``retry``: whether another try of the task may end better."""
    return {"status": "error", "message": message, "retry": retry}


def require_success(event: Mapping[str, Any] | None) -> None:
    """Raises what the trigger found: AirflowException, or AirflowFailException where another try is pointless."""
    event = event or failure("The trigger ended without an answer.", retry=True)
    if event["status"] != "success":
        raise (AirflowException if event["retry"] else AirflowFailException)(event["message"])


def is_transient(error: Exception) -> bool:
    """Throttling, a server's failure or a lost connection: the next look may succeed."""
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error) in _TRANSIENT


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@dataclass(kw_only=True, eq=False, repr=False)
class GlueTrigger(BaseTrigger):
    """Looks every ``waiter_delay`` seconds, for the first time after a pause (decision 4), until there is an answer.

    Ends at ``give_up_at`` (aware) at the latest. A restarted triggerer begins anew with nothing but the fields.
    """

    give_up_at: datetime
    waiter_delay: float
    aws_conn_id: str | None
    region_name: str | None

    advice: ClassVar[str] = ""  # what to do where the subject does not exist

    def __post_init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def serialize(self) -> tuple[str, dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {field.name: getattr(self, field.name) for field in fields(self)}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        make: Any = GlueCrawlerHook  # untyped
        hook = make(aws_conn_id=self.aws_conn_id, region_name=self.region_name)
        async with await hook.get_async_conn() as glue:
            await asyncio.sleep(self.first_look_after)
            while (answer := await self._patient_look(glue)) is None:
                await asyncio.sleep(self.waiter_delay)
        yield TriggerEvent(answer)  # type: ignore[no-untyped-call]

    async def _patient_look(self, glue: Any) -> Answer | None:
        try:
            answer = await self.look(glue)
        except (ClientError, BotoCoreError) as error:
            if not is_transient(error):
                return self.refused(error)
            self.log.warning("%s: %s; looking again.", self.subject, error)
            answer = None
        if answer is None and datetime.now(UTC) >= self.give_up_at:
            return failure(f"Gave up on {self.subject} at {self.give_up_at:%Y-%m-%d %H:%M:%S} UTC.", retry=True)
        return answer

    def refused(self, error: Exception) -> Answer:
        """What does not exist is a matter of the deployment; a right that is missing may only be late."""
        if isinstance(error, ClientError) and error_code(error) == "EntityNotFoundException":
            return failure(f"{self.subject} does not exist in {self.region_name}. {self.advice}".rstrip(), retry=False)
        return failure(f"{self.subject}: {error}", retry=True)

    @property
    def first_look_after(self) -> float:
        """Seconds."""
        return self.waiter_delay

    @property
    def subject(self) -> str:
        """What it looks at, for messages."""
        raise NotImplementedError

    async def look(self, glue: Any) -> Answer | None:
        """One look; None where it is too early for an answer."""
        raise NotImplementedError


@dataclass(kw_only=True, eq=False, repr=False)
class RegisterPartitionTrigger(GlueTrigger):
    """Until the crawler has registered a partition: waits for the crawl that is running, or starts one (decision 6).

    Its first look is after ``gather`` seconds: meanwhile the files of other runs may come, which then share the crawl.
    It judges only a crawl that it started itself, for only that is sure to have begun after the files were written.
    """

    crawler_name: str
    database_name: str
    table_name: str
    values: list[str]
    gather: float

    advice: ClassVar[str] = TERRAFORM

    def __post_init__(self) -> None:
        super().__post_init__()
        self._last_before_ours: Answer | None = None  # LastCrawl when we started a crawl; None: we have not

    @property
    def first_look_after(self) -> float:
        return self.gather

    @property
    def subject(self) -> str:
        return f"Glue crawler {self.crawler_name!r}"

    async def look(self, glue: Any) -> Answer | None:
        # The crawler first: what a crawl registered is seen by whoever saw that it ended.
        crawler = (await glue.get_crawler(Name=self.crawler_name))["Crawler"]
        if await self._is_registered(glue):
            return {**SUCCESS}
        last = crawler.get("LastCrawl", {})
        if crawler["State"] != "READY" or last == self._last_before_ours:
            return None
        if self._last_before_ours is not None:
            return self._judge(last)
        if await self._start(glue):
            self._last_before_ours = last
        return None

    async def _is_registered(self, glue: Any) -> bool:
        try:
            await glue.get_partition(
                DatabaseName=self.database_name, TableName=self.table_name, PartitionValues=self.values
            )
        except glue.exceptions.EntityNotFoundException:
            return False
        return True

    async def _start(self, glue: Any) -> bool:
        """False where somebody was faster, or the last crawl is not quite over: then the next look decides."""
        try:
            await glue.start_crawler(Name=self.crawler_name)
        except glue.exceptions.CrawlerRunningException:
            return False
        self.log.info("Started %s.", self.subject)
        return True

    def _judge(self, last: Answer) -> Answer:
        log = f"Its log: {last.get('LogGroup')}, stream {last.get('LogStream')}, prefix {last.get('MessagePrefix')}."
        if last.get("Status") != "SUCCEEDED":
            found = last.get("ErrorMessage") or "no message from Glue"
            return failure(f"{self.subject} ended {last.get('Status')}: {found}\n{log}", retry=True)
        where = f"{self.database_name}.{self.table_name}"
        note = f" It says: {last['ErrorMessage']}" if last.get("ErrorMessage") else ""
        return failure(
            f"{self.subject} succeeded and did not register partition {'/'.join(self.values)} of {where}, "
            f"whose files were there before it started.{note}\n{log}",
            retry=True,
        )


@dataclass(kw_only=True, eq=False, repr=False)
class JobRunTrigger(GlueTrigger):
    """Until a Glue job run has ended. A state that is neither SUCCEEDED nor on the way fails, also one new to us."""

    job_name: str
    run_id: str

    @property
    def subject(self) -> str:
        return f"Glue run {self.run_id} of {self.job_name}"

    async def look(self, glue: Any) -> Answer | None:
        return self.judge((await glue.get_job_run(JobName=self.job_name, RunId=self.run_id))["JobRun"])

    def judge(self, run: Mapping[str, Any]) -> Answer | None:
        state = run["JobRunState"]
        if state in _GOING_ON:
            return None
        if state == "SUCCEEDED":
            return {**SUCCESS}
        found = run.get("ErrorMessage") or "no message from Glue"
        # The reason first: Airflow's page shows the beginning of the line, and a run's id is long.
        log = f"{self.subject}; its log: {run.get('LogGroupName', '/aws-glue/jobs')}/error, stream {self.run_id}."
        return failure(f"Glue run ended {state}: {found}\n{log}", retry=False)
