"""What `clickstream_rollback` does: check what a person asks for, then change what is visible."""

from typing import Any

from airflow.sdk import BaseOperator, Context, Param
from airflow.sdk.exceptions import AirflowFailException

from clickstream import change_request
from clickstream.change_request import ACTIONS, CANDIDATES_QUERY, ROLLBACK, RUN_PATTERN
from clickstream.settings import prefix
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.day_link import DAY, LINKS
from clickstream_airflow.publish import carry_out

PARAMS = {
    "action": Param(
        ROLLBACK,
        type="string",
        enum=list(ACTIONS),
        description="rollback: show an earlier run and pin the day at it. withdraw: show no run of the day. "
        "release: take the pin away; what the day shows stays until something newer is published.",
    ),
    "arrival_day": Param(type="string", format="date", description="UTC day on which the run's events arrived."),
    "run_id": Param(
        None,
        type=["null", "string"],
        pattern=RUN_PATTERN,
        title="run_id (rollback only)",
        description="The run to go back to, such as 2024-12-25-jr_0a1b; empty for withdraw and release. "
        f"Candidates: the objects under {prefix('ledgers')}arrival_date=<day>/ of the work bucket, or in Athena: "
        + CANDIDATES_QUERY,
    ),
}


class CheckRequestOperator(BaseOperator):
    """Returns the request of the run's params; AirflowFailException, before anything changed, where it cannot be."""

    ui_color = "#f7f1dd"
    operator_extra_links = LINKS

    def execute(self, context: Context) -> dict[str, Any]:
        params = context["params"]
        try:
            request = change_request.parse_request(params["action"], params["arrival_day"], params["run_id"])
            context["ti"].xcom_push(key=DAY, value=str(request.day))
            change_request.require_possible(catalog(airflow_settings()), request)
        except ValueError as error:
            raise AirflowFailException(f"Nothing was changed: {error}") from error
        self.log.info("Request: %s", request)
        return request.to_dict()


class ChangeOperator(BaseOperator):
    """Carries the request out in one commit; returns what `verify` needs, as `publish` does."""

    template_fields = ("request",)
    ui_color = "#dcefdc"
    operator_extra_links = LINKS

    def __init__(self, *, request: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.request = request

    def execute(self, context: Context) -> dict[str, Any]:
        fields = (self.request[name] for name in ("action", "arrival_day", "run_id"))
        request = change_request.parse_request(*fields)
        return carry_out(self, lambda target: change_request.carry_out(target, request))
