"""Takes away what nobody sees any more."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseOperator, Context
from botocore.exceptions import BotoCoreError, ClientError

from clickstream import janitor
from clickstream.catalog import Catalog
from clickstream.operations.bundles import write_bundles
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings


class CleanOperator(BaseOperator):
    """Retires generations that were superseded long enough ago, and deletes their files; returns how many. Then bundles
    the check runs of ended months, where AWS lets it: the page does without.

    JanitorIncomplete names what S3 kept; PublicationConflict: others published all the time. Both end well on retry.
    """

    ui_color = "#ececec"

    def execute(self, context: Context) -> dict[str, Any]:
        target = catalog(airflow_settings())
        now = datetime.now(UTC)
        made = janitor.clean(target, now, apply=True)
        for line in janitor.describe(made, target, applied=True):
            self.log.info("%s", line)
        self._bundle(target, now)
        return {"retired": len(made.retire), "files": len(made.files), "snapshots": len(made.snapshots)}

    def _bundle(self, target: Catalog, now: datetime) -> None:
        try:
            written = write_bundles(target, now)
        except (BotoCoreError, ClientError) as error:
            self.log.warning("Not bundled for the operations page, whose first look is slower: %s", error)
        else:
            self.log.info("Bundled for the operations page: %s", ", ".join(written) or "nothing new")
