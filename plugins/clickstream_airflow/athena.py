"""The provider's AthenaOperator, for queries that are built when the task runs and whose one row is judged."""

from typing import Any

from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowException, TaskDeferred

from clickstream import aws_errors
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.triggers import PatientAthenaTrigger


class JudgeRowOperator(AthenaOperator):
    """Runs the query that ``build_query`` gives, waits deferred, and hands its only row to ``judge``.

    The operator is made anew when it wakes up, so ``judge`` gets everything from the context and the catalog.
    """

    def __init__(self, **kwargs: Any) -> None:
        settings = airflow_settings()
        super().__init__(
            query="built when the task runs",
            database=settings.name("database"),
            workgroup=settings.name("workgroup"),
            region_name=settings.region,
            botocore_config={"retries": aws_errors.RETRIES},
            sleep_time=int(settings.poll_seconds),
            deferrable=True,
            **kwargs,
        )

    def build_query(self, context: Context) -> str:
        raise NotImplementedError

    def judge(self, context: Context, row: dict[str, str | None], query_id: str) -> Any:
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        self.query = self.build_query(context)
        try:
            return super().execute(context)
        except TaskDeferred as deferral:
            deferral.trigger = PatientAthenaTrigger(**deferral.trigger.serialize()[1])
            deferral.timeout = self.execution_timeout  # which ends a deferral only where it is given to it
            raise

    def execute_complete(self, context: Context, event: dict[str, Any] | None = None) -> Any:
        query_id = super().execute_complete(context, event)
        return self.judge(context, self.only_row(query_id), query_id)

    def only_row(self, query_id: str) -> dict[str, str | None]:
        """The answer's one row, column name to text; anything but one row is an error, never a pass."""
        answer = self.hook.get_query_results(query_id)
        rows = answer["ResultSet"]["Rows"] if answer else []
        if len(rows) != 2:  # the first is the header
            raise AirflowException(f"Athena query {query_id}: expected one row, got {max(len(rows) - 1, 0)}")
        names, values = ([cell.get("VarCharValue") for cell in row["Data"]] for row in rows)
        return dict(zip(names, values, strict=True))
