"""The audit: every check of a run in one Athena query, before anything of the run is visible."""

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from clickstream import audit, checks
from clickstream.catalog import Catalog
from clickstream.checks import Check
from clickstream.ledger import Ledger
from clickstream_airflow import tables
from clickstream_airflow.athena import JudgeRowOperator
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS


class AuditOperator(JudgeRowOperator):
    """Checks the rows of one run; returns the results (a list of dicts), which also go to the log and `quality/`.

    AirflowFailException where a check of severity ``fail`` does not pass: bad data does not get better on retry.
    """

    operator_extra_links = (*JudgeRowOperator.operator_extra_links, *LINKS)  # type: ignore[assignment]
    template_fields = ("run",)
    ui_color = "#f7dddd"

    def __init__(self, *, run: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run

    def build_query(self, context: Context) -> str:
        ledger, made = self._checks(context)
        return checks.query(made, ledger)

    def judge(self, context: Context, row: dict[str, str | None], query_id: str) -> list[dict[str, Any]]:
        ledger, made = self._checks(context)
        results = checks.evaluate(made, row)
        audit.record(self._catalog(), ledger, results, query_id)
        self.log.info("Checks of %s\n%s", self.run, tables.results(results))
        documents = [result.to_dict() for result in results]
        context["ti"].xcom_push(key="checks", value=documents)
        if problem := audit.failure(self.run, results):
            raise AirflowFailException(problem)
        return documents

    def _checks(self, context: Context) -> tuple[Ledger, list[Check]]:
        params = context["params"]
        target = self._catalog()
        ledger = target.read_ledger(self.run)
        share, allow_empty = float(params["max_quarantined_share"]), bool(params["allow_empty"])
        return ledger, audit.checks_of(target, ledger, share, allow_empty)

    def _catalog(self) -> Catalog:
        return catalog(airflow_settings(), self.aws_conn_id)
