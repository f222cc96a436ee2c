"""A day's run tells CloudWatch how much it quarantined."""

from clickstream import metrics
from clickstream.ledger import Ledger
from clickstream_glue.arguments import Options
from clickstream_glue.run import Log


def report(ledger: Ledger, options: Options, log: Log) -> None:
    """Of a ledger that was written. The job's default arguments say in which deployment; a run without is no worse."""
    environment, region = options.get("environment"), options.get("region")
    if environment and region:
        metrics.send_quarantined_share(metrics.connect(region), environment, ledger, log)
    else:
        log(f"{ledger.run_id}: no metric was sent, which takes --environment and --region")
