"""Valid ledgers, to which a test says only what it is about."""

from clickstream.ledger import InputObject, Ledger, OutputFile

RUN = "2024-12-25-jr_1"


def ledger(**changes) -> Ledger:
    """Ten lines: eight main rows, one duplicate, one blank."""
    values = {
        "run_id": RUN,
        "arrival_day": "2024-12-25",
        "contract_version": 1,
        "written_at": "2024-12-26T01:00:00+00:00",
        "inputs": (InputObject("events/year=2024/month=12/day=25/hour=07/a.gz", 100, "e1", 10),),
        "lines": 10,
        "split": 0,
        "blank": 1,
        "accepted": 8,
        "main_rows": 8,
        "duplicates": 1,
        "conflicting": 0,
        "quarantined": {},
        "rows_per_event_day": {"2024-12-25": 8},
        "unknown_fields": {},
        "files": (OutputFile(f"year=2024/month=12/day=25/part-{RUN}-00000.parquet", "2024-12-25", 8, 1000),),
    }
    return Ledger(**{**values, **changes})
