"""The gate behind the Glue run: its ledger exists and balances."""

from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from clickstream import layout
from clickstream.ledger import Ledger
from clickstream.publication import PublicationRefused
from clickstream_airflow import tables
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import LINKS


class CheckLedgerOperator(BaseOperator):
    """Reads the ledger of a Glue run, shows it and returns the run id.

    AirflowFailException: no ledger, or one that does not account for every record.
    """

    operator_extra_links = LINKS
    template_fields = ("arrival_day", "job_run_id")
    ui_color = "#f7f1dd"

    def __init__(self, *, arrival_day: str, job_run_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arrival_day = arrival_day
        self.job_run_id = job_run_id

    def execute(self, context: Context) -> str:
        run = layout.run_id(layout.parse_day(self.arrival_day), self.job_run_id)
        try:
            ledger = catalog(airflow_settings()).read_ledger(run)
        except PublicationRefused as error:
            raise AirflowFailException(str(error)) from None
        self.log.info("Ledger of %s\n%s", run, tables.ledger(ledger))
        if problems := ledger.problems():
            raise AirflowFailException(f"The ledger of {run} does not balance: {'; '.join(problems)}")
        context["ti"].xcom_push(key="ledger", value=summary(ledger))
        return run


def summary(ledger: Ledger) -> dict[str, Any]:
    """The counts, without the lists of objects and files (an XCom is no place for 100,000 keys)."""
    return {
        "run_id": ledger.run_id,
        "arrival_day": ledger.arrival_day,
        "records": ledger.records,
        "accepted": ledger.accepted,
        "main_rows": ledger.main_rows,
        "duplicates": ledger.duplicates,
        "conflicting": ledger.conflicting,
        "quarantined": dict(ledger.quarantined),
        "blank": ledger.blank,
        "inputs": len(ledger.inputs),
        "files": len(ledger.files),
    }
