"""Takes away what nobody sees any more."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseOperator, Context

from clickstream import janitor
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings


class CleanOperator(BaseOperator):
    """Retires generations that were superseded long enough ago, and deletes their files; returns how many.

    JanitorIncomplete names what S3 kept; PublicationConflict: others published all the time. Both end well on retry.
    """

    ui_color = "#ececec"

    def execute(self, context: Context) -> dict[str, Any]:
        target = catalog(airflow_settings())
        made = janitor.clean(target, datetime.now(UTC), apply=True)
        for line in janitor.describe(made, target, applied=True):
            self.log.info("%s", line)
        return {"retired": len(made.retire), "files": len(made.files), "snapshots": len(made.snapshots)}
