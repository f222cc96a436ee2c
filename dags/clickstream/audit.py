"""The audit of a run, before anything of it is visible: one Athena query, every check judged, the result recorded.

The DAG asks the query itself and waits without a worker; the Glue job's catch-up uses ``audit``. All else is shared.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from clickstream import athena, checks, layout
from clickstream.catalog import Catalog
from clickstream.checks import Check, Result
from clickstream.ledger import Ledger
from clickstream.volume import usual_by_ledgers


def checks_of(catalog: Catalog, ledger: Ledger, max_quarantined_share: float, allow_empty: bool) -> list[Check]:
    """The packaged checks for one run; the share is of its records, 0 to 1. What is usual, published runs say."""
    usual = usual_by_ledgers(catalog, catalog.current_snapshot(), layout.parse_day(ledger.arrival_day))
    return checks.load_checks(checks.named_values(ledger, max_quarantined_share, allow_empty, usual))


def audit(catalog: Catalog, run: str, max_quarantined_share: float, allow_empty: bool) -> list[Result]:
    """Asks, judges and records the checks of a run. QueryFailed where Athena does not answer."""
    ledger = catalog.read_ledger(run)
    made = checks_of(catalog, ledger, max_quarantined_share, allow_empty)
    query_id = athena.execute(catalog.athena, catalog.settings, checks.query(made, ledger))
    rows = athena.rows_of(catalog.athena, query_id)
    results = checks.evaluate(made, rows[0] if len(rows) == 1 else {})  # anything but one row is no answer to any check
    record(catalog, ledger, results, query_id)
    return results


def record(catalog: Catalog, ledger: Ledger, results: Sequence[Result], query_id: str) -> None:
    """One object per check run under `quality/`: the history."""
    now = datetime.now(UTC)
    document = check_run(ledger, results, query_id, now)
    catalog.s3.put_object(
        Bucket=catalog.settings.name("work_bucket"),
        Key=layout.quality_key(ledger.run_id, now),
        Body=json.dumps(document, separators=(",", ":")).encode(),
    )


def check_run(ledger: Ledger, results: Sequence[Result], query_id: str, at: datetime) -> dict[str, Any]:
    """What is kept of a check run. ``ledger``: its summary, so that who looks at a year reads one object per run."""
    return {
        "arrival_day": ledger.arrival_day,
        "run_id": ledger.run_id,
        "checked_at": at.isoformat(),
        "query_id": query_id,
        "ledger": ledger.summary(),
        "checks": [result.to_dict() for result in results],
    }


def failure(run: str, results: Sequence[Result]) -> str | None:
    """Each failed check with its value and bound; None where the run may be published."""
    failed = [result for result in results if result.verdict == checks.FAIL]
    if not failed:
        return None
    what = "; ".join(f"{x.check.name} is {x.value}, expected {x.bound}" for x in failed)
    return f"{len(failed)} of {len(results)} checks of {run} failed, nothing is published: {what}"
