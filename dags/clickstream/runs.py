"""Whether a run may be published at all, whatever is visible: it is finished, it balances, its rows are there."""

from datetime import date

from clickstream import aws_errors, layout
from clickstream.catalog import Catalog, PublicationRefused
from clickstream.ledger import Ledger
from clickstream.settings import table


class RefusedRun(Exception):
    """The job refuses the day as it is; the text says why and where to look. Nothing that counts was written."""


def publishable(catalog: Catalog, day: date, run: str) -> Ledger:
    """The run's ledger; PublicationRefused where the run is unfinished, unbalanced, of another day, or incomplete."""
    ledger = sound_ledger(catalog, day, run)
    if ledger.main_rows:
        require_partition(catalog, day)
    for file in ledger.files:
        role = "processed_bucket" if file.event_day == ledger.arrival_day else "work_bucket"
        _require_object(catalog, catalog.settings.name(role), file.key, run)
    return ledger


def sound_ledger(catalog: Catalog, day: date, run: str) -> Ledger:
    """The run's ledger, which is of that day and balances."""
    if layout.arrival_day_of(run) != day:
        raise PublicationRefused(f"run {run} is not of arrival day {day}")
    ledger = catalog.read_ledger(run)
    if problems := ledger.problems():
        raise PublicationRefused(f"ledger of {run} does not balance: {'; '.join(problems)}")
    return ledger


def require_partition(catalog: Catalog, day: date) -> None:
    """The day's partition is registered; otherwise its rows would not be seen."""
    database, name = catalog.settings.name("database"), table("generations")
    values = list(layout.partition_values(day))
    try:
        catalog.glue.get_partition(DatabaseName=database, TableName=name, PartitionValues=values)
    except catalog.glue.exceptions.EntityNotFoundException:
        raise PublicationRefused(
            f"partition {layout.partition_path(day)} is not registered in {database}.{name}: run the crawler first"
        ) from None


def register_partition(catalog: Catalog, day: date) -> None:
    """Registers the day's partition with the table's own storage descriptor, as the crawler would; it may be there."""
    where = {"DatabaseName": catalog.settings.name("database")}
    descriptor = catalog.glue.get_table(**where, Name=table("generations"))["Table"]["StorageDescriptor"]
    location = catalog.settings.processed_uri + layout.partition_path(day)
    partition = {
        "Values": list(layout.partition_values(day)),
        "StorageDescriptor": {**descriptor, "Location": location},
    }
    try:
        catalog.glue.create_partition(**where, TableName=table("generations"), PartitionInput=partition)
    except catalog.glue.exceptions.AlreadyExistsException:
        return


def _require_object(catalog: Catalog, bucket: str, key: str, run: str) -> None:
    """Nothing that a snapshot names may be missing."""
    try:
        catalog.s3.head_object(Bucket=bucket, Key=key)
    except catalog.s3.exceptions.ClientError as error:
        if aws_errors.error_code(error) not in ("404", "NoSuchKey", "NotFound"):
            raise
        raise PublicationRefused(f"s3://{bucket}/{key} of run {run} is gone: run its day again") from None
