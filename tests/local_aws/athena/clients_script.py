"""Run by test_clients.py: prints, as its last line, what each client got."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from botocore.exceptions import ClientError

from local_aws.clients import REGION, local_client
from local_aws.server import LocalAws
from tests.local_aws.athena.conftest import Athena

COUNT = "SELECT count(*) FROM events"


class OverHttp(Athena):
    """The builders of the other tests, with boto3 in the engine's place."""

    def __init__(self, url: str) -> None:
        super().__init__(None, local_client("s3", url), local_client("glue", url))  # type: ignore[arg-type]
        self.client = local_client("athena", url)

    def call(self, operation: str, **body: Any) -> Any:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")
        return getattr(self.client, name)(**body)


def code_of(call: Any, **arguments: Any) -> list[str]:
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return ["nothing was refused", ""]


def with_boto3(athena: OverHttp) -> dict[str, Any]:
    query_id = athena.start("SELECT event_id FROM events")
    athena.wait(query_id)
    pages = list(athena.client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id))
    failed = athena.run("SELECT nonsense FROM events")
    columns = pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    return {
        "rows": sum(len(page["ResultSet"]["Rows"]) for page in pages),
        "columns": [column["Type"] for column in columns],
        "failed": failed.state,
        "reason": failed.reason,
        "refused": code_of(athena.client.get_work_group, WorkGroup="nowhere"),
        "unsupported": code_of(athena.client.list_notebook_metadata, WorkGroup="primary")[0],
    }


def with_pyathena(athena: OverHttp, url: str) -> list[list[Any]]:
    from pyathena import connect

    location = f"s3://{athena.bucket}/results/"
    connection = connect(s3_staging_dir=location, region_name=REGION, endpoint_url=url, poll_interval=0.05)
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT date(event_timestamp), count(*), max(price), max(event_timestamp) FROM {athena.database}.events"
        " WHERE year = %(year)s GROUP BY 1",
        {"year": "2024"},
    )
    return [[value if isinstance(value, int) else str(value) for value in row] for row in cursor.fetchall()]


def with_airflow(athena: OverHttp) -> list[str]:
    from airflow.providers.amazon.aws.hooks.athena import AthenaHook

    hook = AthenaHook(aws_conn_id=None, region_name=REGION)
    location = {"OutputLocation": f"s3://{athena.bucket}/results/"}
    query_id = hook.run_query(COUNT, {"Database": athena.database}, location, client_request_token="t" * 32)
    state = hook.poll_query_status(query_id, max_polling_attempts=50, sleep_time=1)
    rows = hook.get_query_results(query_id)["ResultSet"]["Rows"]
    return [str(state), rows[1]["Data"][0]["VarCharValue"], str(hook.check_query_status(query_id))]


def main() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION}
    started = time.monotonic()
    with LocalAws() as aws:
        os.environ["AWS_ENDPOINT_URL"] = aws.endpoint_url
        athena = OverHttp(aws.endpoint_url)
        athena.events({"2024-12-25": 2500})
        answers = {
            "boto3": with_boto3(athena),
            "pyathena": with_pyathena(athena, aws.endpoint_url),
            "airflow": with_airflow(athena),
            "seconds": round(time.monotonic() - started, 1),
        }
    sys.stdout.write("\n" + json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
