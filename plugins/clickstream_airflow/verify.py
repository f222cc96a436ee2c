"""After a publication: what it made visible is what the ledgers and the merge of late rows say."""

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from clickstream.verification import WrongPublication, require_right, verify_query
from clickstream_airflow.athena import JudgeRowOperator
from clickstream_airflow.day_link import LINKS


class VerifyOperator(JudgeRowOperator):
    """Counts the rows of every day that a publication touched, in the publication's own snapshot; asks the view once.

    AirflowFailException where rows are missing or an event counts twice: roll the day back.
    """

    operator_extra_links = (*JudgeRowOperator.operator_extra_links, *LINKS)  # type: ignore[assignment]
    template_fields = ("publication",)
    ui_color = "#dcefdc"

    def __init__(self, *, publication: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.publication = publication

    def build_query(self, context: Context) -> str:
        return verify_query(self.publication["days"])

    def judge(self, context: Context, row: dict[str, str | None], query_id: str) -> dict[str, int]:
        publication_id = self.publication["publication_id"]
        try:
            found = require_right(publication_id, self.publication["days"], row)
        except WrongPublication as error:
            raise AirflowFailException(str(error)) from None
        self.log.info("Verified %s: %s", publication_id, found)
        self._update_assets(context)
        return found

    def _update_assets(self, context: Context) -> None:
        """One event per event day that the publication touched, its key the day: which partitions to read anew.

        Said here, since the run's own partition key is its arrival day, and a run from the form has none.
        """
        for asset in self.outlets:
            event = context["outlet_events"][asset]
            event.add_partitions(sorted(self.publication["days"]))
            event.extra = {"publication_id": self.publication["publication_id"]}
