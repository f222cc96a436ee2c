"""An Athena over moto's S3 and Glue catalog: one server for all tests, a database and a bucket for each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from local_aws.athena import AthenaEngine
from local_aws.clients import local_client
from local_aws.clock import Clock

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
JSON = "org.openx.data.jsonserde.JsonSerDe"
FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass
class Answer:
    """A finished query: its description, and its rows without the header when it succeeded."""

    query: dict[str, Any]
    rows: list[list[str | None]] = field(default_factory=list)
    header: list[str | None] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return str(self.query["Status"]["State"])

    @property
    def reason(self) -> str:
        return str(self.query["Status"].get("StateChangeReason", ""))

    @property
    def scanned(self) -> int:
        return int(self.query["Statistics"]["DataScannedInBytes"])

    @property
    def value(self) -> str | None:
        """The one value of a one-row, one-column answer."""
        assert self.state == "SUCCEEDED", self.reason
        assert len(self.rows) == 1
        return self.rows[0][0]


class Athena:
    """Builders and shortcuts over the engine's operations."""

    def __init__(self, engine: AthenaEngine, s3: Any, glue: Any) -> None:
        self.engine, self.s3, self.glue = engine, s3, glue
        suffix = uuid4().hex[:8]
        self.database, self.bucket = f"db_{suffix}", f"bucket-{suffix}"
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.glue.create_database(DatabaseInput={"Name": self.database})

    def call(self, operation: str, **body: Any) -> dict[str, Any]:
        return self.engine.operations[operation](body)

    def start(self, sql: str, **request: Any) -> str:
        request = {
            "QueryExecutionContext": {"Database": self.database},
            "ResultConfiguration": {"OutputLocation": f"s3://{self.bucket}/results/"},
        } | request
        return str(self.call("StartQueryExecution", QueryString=sql, **request)["QueryExecutionId"])

    def wait(self, query_id: str) -> dict[str, Any]:
        for _ in range(3000):
            query: dict[str, Any] = self.call("GetQueryExecution", QueryExecutionId=query_id)["QueryExecution"]
            if query["Status"]["State"] in FINAL:
                return query
            time.sleep(0.01)
        raise AssertionError(f"query {query_id} did not end in 30 s")

    def run(self, sql: str, **request: Any) -> Answer:
        query = self.wait(self.start(sql, **request))
        if query["Status"]["State"] != "SUCCEEDED":
            return Answer(query)
        result = self.call("GetQueryResults", QueryExecutionId=query["QueryExecutionId"])["ResultSet"]
        rows = [[datum.get("VarCharValue") for datum in row["Data"]] for row in result["Rows"]]
        types = [column["Type"] for column in result["ResultSetMetadata"]["ColumnInfo"]]
        if query["ResultConfiguration"]["OutputLocation"].endswith(".csv"):
            return Answer(query, rows[1:], rows[0], types)
        return Answer(query, rows, [], types)

    def value(self, expression: str) -> str | None:
        return self.run(f"SELECT {expression}").value

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def put_parquet(self, key: str, table: pa.Table, **options: Any) -> None:
        out = BytesIO()
        pq.write_table(table, out, **options)
        self.put(key, out.getvalue())

    def table(
        self,
        name: str,
        columns: dict[str, str],
        keys: dict[str, str] | None = None,
        serde: str = PARQUET,
        **parameters: str,
    ) -> str:
        """Creates the table at ``s3://bucket/name/`` and returns its name."""
        entry = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {key.replace("__", "."): value for key, value in parameters.items()},
            "PartitionKeys": [{"Name": k, "Type": t} for k, t in (keys or {}).items()],
            "StorageDescriptor": {
                "Columns": [{"Name": c, "Type": t} for c, t in columns.items()],
                "Location": f"s3://{self.bucket}/{name}/",
                "SerdeInfo": {"SerializationLibrary": serde},
            },
        }
        self.glue.create_table(DatabaseName=self.database, TableInput=entry)
        return name

    def partition(self, table: str, *values: str, location: str) -> None:
        descriptor = self.glue.get_table(DatabaseName=self.database, Name=table)["Table"]["StorageDescriptor"]
        entry = {"Values": list(values), "StorageDescriptor": descriptor | {"Location": location}}
        self.glue.create_partition(DatabaseName=self.database, TableName=table, PartitionInput=entry)

    def events(self, days: dict[str, int], register: bool = True) -> str:
        """Table ``events`` with that many rows per day (2024-12-25: 3), partitioned by year, month, day."""
        columns = {"event_id": "string", "event_type": "string", "event_timestamp": "timestamp"}
        keys = dict.fromkeys(("year", "month", "day"), "string")
        self.table("events", columns | {"price": "decimal(12,2)", "quantity": "int"}, keys)
        for day, count in days.items():
            self.day(day, count, register)
        return "events"

    def day(self, day: str, count: int, register: bool = True) -> None:
        year, month, number = day.split("-")
        prefix = f"events/year={year}/month={month}/day={number}/"
        self.put_parquet(f"{prefix}part-0.parquet", event_rows(day, count))
        if register:
            self.partition("events", year, month, number, location=f"s3://{self.bucket}/{prefix}")


def event_rows(day: str, count: int) -> pa.Table:
    """``count`` events of one day: ids day-0, day-1, ...; every third one a purchase of 10.01, quantity 2."""
    start = datetime.fromisoformat(f"{day}T10:00:00")
    bought = [number % 3 == 2 for number in range(count)]
    return pa.table(
        {
            "event_id": [f"{day}-{number}" for number in range(count)],
            "event_type": ["purchase" if yes else "page_view" for yes in bought],
            "event_timestamp": pa.array([start] * count, pa.timestamp("ms", "UTC")),
            "price": pa.array(["10.01" if yes else None for yes in bought]).cast(pa.decimal128(12, 2)),
            "quantity": pa.array([2 if yes else None for yes in bought], pa.int32()),
        }
    )


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def engine(moto_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AthenaEngine]:
    engine = AthenaEngine(moto_url, clock, Path(tmp_path_factory.mktemp("athena")))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def s3(moto_url: str) -> Any:
    return local_client("s3", moto_url)


@pytest.fixture(scope="session")
def glue(moto_url: str) -> Any:
    return local_client("glue", moto_url)


@pytest.fixture
def athena(engine: AthenaEngine, s3: Any, glue: Any) -> Athena:
    return Athena(engine, s3, glue)
