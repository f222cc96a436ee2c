"""Takes away what nobody sees any more."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseOperator, Context

from clickstream import janitor
from clickstream.operations.bundles import write_bundles
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings


class CleanOperator(BaseOperator):
    """Retires generations that were superseded long enough ago, and deletes their files; returns how many. Then bundles
    the check runs of ended months.

    JanitorIncomplete names what S3 kept; PublicationConflict: others published all the time. Both end well on retry.
    """

    ui_color = "#ececec"

    def execute(self, context: Context) -> dict[str, Any]:
        target = catalog(airflow_settings())
        now = datetime.now(UTC)
        made = janitor.clean(target, now, apply=True)
        for line in janitor.describe(made, target, applied=True):
            self.log.info("%s", line)
        self.log.info("Bundled for the operations page: %s", ", ".join(write_bundles(target, now)) or "nothing new")
        return {"retired": len(made.retire), "files": len(made.files), "snapshots": len(made.snapshots)}
