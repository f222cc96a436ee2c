import time
from pathlib import Path

from local_aws.planned.creators import create_resources
from local_aws.planned.plan import planned_resources
from local_aws.server import LocalAws
from local_aws.stack import Stack

SQL = Path(__file__).parents[3] / "sql"


def test_results_of_the_planned_workgroup_are_where_it_says_and_encrypted(local_aws: LocalAws) -> None:
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_workgroup()
    athena = stack.client("athena")
    started = athena.start_query_execution(QueryString="SELECT 1", WorkGroup=stack.name("workgroup"))
    query = {"QueryExecutionId": started["QueryExecutionId"]}
    while (found := athena.get_query_execution(**query)["QueryExecution"])["Status"]["State"] in ("QUEUED", "RUNNING"):
        time.sleep(0.01)
    assert found["Status"]["State"] == "SUCCEEDED"
    key = f"results/{query['QueryExecutionId']}.csv"
    written = stack.client("s3").head_object(Bucket=stack.name("results_bucket"), Key=key)
    assert written["ServerSideEncryption"] == "aws:kms"


def test_the_sample_queries_are_those_of_the_repository(local_aws: LocalAws) -> None:
    stack = Stack(local_aws.endpoint_url)
    wanted = ("aws_athena_workgroup", "aws_athena_named_query")
    create_resources([one for one in planned_resources() if one.type in wanted], stack.account)
    athena = stack.client("athena")
    ids = athena.list_named_queries(WorkGroup="clickstream-analysts-local")["NamedQueryIds"]
    saved = athena.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]
    assert {one["Name"]: one["QueryString"] for one in saved} == {
        path.stem: path.read_text() for path in SQL.glob("*.sql")
    }
