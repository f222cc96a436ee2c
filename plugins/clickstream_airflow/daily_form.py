"""The form of `clickstream_daily`: what a person may give to a run."""

from airflow.sdk import Param

from clickstream.settings import limits

PARAMS = {
    "arrival_day": Param(
        None,
        type=["null", "string"],
        format="date",
        description="The day to run: the UTC day on which the events arrived. Leave it empty in a backfill, "
        "or where you give a partition key (Advanced Options).",
    ),
    "allow_empty": Param(
        False, type="boolean", description="Accept a day on which nothing arrived; otherwise it fails."
    ),
    "max_quarantined_share": Param(
        limits().max_quarantined_share,
        type="number",
        minimum=0,
        maximum=1,
        description="Refuse the day where a larger share of its records (0 to 1) is quarantined.",
    ),
}
