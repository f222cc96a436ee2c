"""What `clickstream_replay` does: choose published runs, show what the Glue job found in quarantine, run days again."""

import hashlib
from typing import Any

from airflow.sdk import BaseOperator, Context, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from clickstream import layout, replay
from clickstream.catalog import Catalog
from clickstream.replay import Rejudged, Replay
from clickstream.settings import limits
from clickstream_airflow import tables
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings

PARAMS = {
    "arrival_days": Param(
        type="array",
        minItems=1,
        maxItems=replay.MOST_DAYS,
        description=f"UTC days on which the events arrived, one a line, YYYY-MM-DD; at most {replay.MOST_DAYS}. "
        "Each must have a published run.",
    ),
    "reasons": Param(
        None,
        type=["null", "array"],
        description="Which quarantined records, one reason a line, such as unknown_event_type; empty for all. What "
        "there is: SELECT reason, count(*) FROM clickstream_quarantine WHERE arrival_date = '2024-12-25' GROUP BY 1",
    ),
    "dry_run": Param(
        True,
        type="boolean",
        description="Only show how many would now be accepted. Off: run those days again, as `clickstream_daily` does.",
    ),
}


class CheckReplayOperator(BaseOperator):
    """Returns the runs to judge, separated by commas, as the job wants them.

    AirflowFailException, before anything is started, where the request cannot be; AirflowSkipException where nothing of
    these days is quarantined.
    """

    ui_color = "#f7f1dd"

    def execute(self, context: Context) -> str:
        params = context["params"]
        try:
            days, reasons = replay.parse_days(params["arrival_days"]), replay.parse_reasons(params["reasons"])
            runs, quarantined = replay.runs_to_judge(
                catalog(airflow_settings()), days, reasons, is_dry=params["dry_run"]
            )
        except ValueError as error:
            raise AirflowFailException(f"Nothing was started: {error}") from error
        if not runs:
            raise AirflowSkipException("Nothing of these days is quarantined.")
        self.log.info(
            "Quarantined on these days\n%s", tables.render(("reason", "records"), sorted(quarantined.items()))
        )
        return ",".join(runs)


class ReportReplayOperator(BaseOperator):
    """Shows what a Glue run found, and returns one dict of TriggerDagRunOperator's arguments per day that is to be run
    again: none in a dry run, nor for a day in which nothing can change, or that was pinned meanwhile.

    The run id that it gives follows from the day and from this DAG's run, so clearing this task starts no second run.
    """

    template_fields = ("job_run_id",)
    ui_color = "#f7f1dd"

    def __init__(self, *, job_run_id: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_run_id = job_run_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        target = catalog(airflow_settings())
        bucket, key = target.settings.name("work_bucket"), layout.replay_key(self.job_run_id)
        found = replay.parse_replay(target.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        self.log.info("Under version %s of the contract\n%s", found.contract_version, tally(found))
        self.log.info("Examples of what would be accepted\n%s", examples(found))
        worth = [one for one in found.runs if one.is_worth_a_run]
        self.log.info("Days in which a run may change something: %s", ", ".join(str(one.day) for one in worth) or "-")
        if context["params"]["dry_run"]:
            return []
        pinned = target.current_snapshot().pinned_days()
        if left := [str(one.day) for one in worth if str(one.day) in pinned]:
            self.log.warning("Pinned meanwhile, and left alone: %s", ", ".join(left))
        return [self._run_again(one, target, context["run_id"]) for one in worth if str(one.day) not in pinned]

    def _run_again(self, one: Rejudged, target: Catalog, asked_by: str) -> dict[str, Any]:
        """What the published run was allowed to quarantine, its successor is, too: it reads the same raw objects."""
        digest = hashlib.sha256(asked_by.encode()).hexdigest()[:16]
        share = max(limits().max_quarantined_share, target.fetch_ledger(one.run_id).quarantined_share)
        conf = {"arrival_day": str(one.day), "max_quarantined_share": share}
        return {"trigger_run_id": f"replay__{one.day}__{digest}", "conf": conf}


def tally(of: Replay) -> str:
    """A line per day, reason, and what becomes of it."""
    rows = [(run.day, one.was, one.now, one.records) for run in of.runs for one in run.tallies]
    return tables.render(("arrival day", "was", "now", "records"), rows)


def examples(of: Replay) -> str:
    """A few records that would be accepted; the job has masked who they were."""
    rows = [
        (run.day, one.was, ", ".join(f"{name}={value}" for name, value in one.event.items()))
        for run in of.runs
        for one in run.examples
    ]
    return tables.render(("arrival day", "was", "event"), rows)
