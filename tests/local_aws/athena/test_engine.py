"""The operations: asynchronous states, pages, idempotency, parameters, concurrency."""

import time
from typing import Any

import pytest

from local_aws.errors import ServiceError
from tests.local_aws.athena.conftest import JSON

SLOW = (
    "SELECT count(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c CROSS JOIN t AS d WHERE a.a + b.a + c.a + d.a = 1"
)


def numbers(athena: Any, count: int) -> None:
    athena.table("t", {"a": "bigint"}, serde=JSON)
    athena.put("t/a.json", "".join(f'{{"a": {number}}}\n' for number in range(count)).encode())


def test_nonsense_fails_with_a_message(athena: Any) -> None:
    answer = athena.run("SELECT nonsense FROM nowhere")
    assert answer.state == "FAILED"
    reason = f"TABLE_NOT_FOUND: line 1:22: Table 'awsdatacatalog.{athena.database}.nowhere' does not exist"
    assert answer.reason == reason
    error = answer.query["Status"]["AthenaError"]
    assert (error["ErrorCategory"], error["Retryable"], error["ErrorMessage"]) == (2, False, reason)
    with pytest.raises(ServiceError, match="did not finish successfully"):
        athena.call("GetQueryResults", QueryExecutionId=answer.query["QueryExecutionId"])


def test_a_query_describes_itself(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    query = athena.run("SELECT count(event_id) AS n FROM events").query
    assert (query["StatementType"], query["SubstatementType"]) == ("DML", "SELECT")
    assert query["QueryExecutionContext"]["Database"] == athena.database
    assert query["WorkGroup"] == "primary"
    assert query["Status"]["CompletionDateTime"] >= query["Status"]["SubmissionDateTime"]
    statistics = query["Statistics"]
    assert statistics["TotalExecutionTimeInMillis"] >= statistics["EngineExecutionTimeInMillis"] > 0
    assert statistics["DataScannedInBytes"] > 0


def test_the_result_object_is_athenas_csv(athena: Any) -> None:
    query = athena.run(
        """SELECT 1 AS N, 'say "hi",' || chr(10) AS s, NULL AS x, '' AS y""".replace("chr(10)", "'\n'")
    ).query
    location = query["ResultConfiguration"]["OutputLocation"]
    assert location == f"s3://{athena.bucket}/results/{query['QueryExecutionId']}.csv"
    key = location.removeprefix(f"s3://{athena.bucket}/")
    body = athena.s3.get_object(Bucket=athena.bucket, Key=key)["Body"].read()
    assert body == b'"N","s","x","y"\n"1","say ""hi"",\n",,""\n'
    answer = athena.call("GetQueryResults", QueryExecutionId=query["QueryExecutionId"])
    rows = answer["ResultSet"]["Rows"]
    assert rows[1]["Data"] == [{"VarCharValue": "1"}, {"VarCharValue": 'say "hi",\n'}, {}, {"VarCharValue": ""}]


def test_results_are_paged_with_the_header_on_the_first_page_only(athena: Any) -> None:
    numbers(athena, 2500)
    query_id = athena.start("SELECT a FROM t ORDER BY a")
    athena.wait(query_id)
    pages, request = [], {"QueryExecutionId": query_id}
    while True:
        reply = athena.call("GetQueryResults", **request)
        pages.append([row["Data"][0]["VarCharValue"] for row in reply["ResultSet"]["Rows"]])
        if "NextToken" not in reply:
            break
        request["NextToken"] = reply["NextToken"]
    assert [len(page) for page in pages] == [1000, 1000, 501]
    assert pages[0][0] == "a"
    assert [int(value) for page in pages for value in page[page is pages[0] :]] == list(range(2500))


@pytest.mark.parametrize("size", [0, 1001])
def test_a_page_has_1_to_1000_rows(athena: Any, size: int) -> None:
    query_id = athena.run("SELECT 1").query["QueryExecutionId"]
    with pytest.raises(ServiceError, match="MaxResults"):
        athena.call("GetQueryResults", QueryExecutionId=query_id, MaxResults=size)


def test_a_deleted_result_is_an_error(athena: Any) -> None:
    query_id = athena.start("SELECT 1")
    key = athena.wait(query_id)["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{athena.bucket}/")
    athena.s3.delete_object(Bucket=athena.bucket, Key=key)
    with pytest.raises(ServiceError, match="Could not find results"):
        athena.call("GetQueryResults", QueryExecutionId=query_id)


def test_a_result_that_cannot_be_written_fails_the_query(athena: Any) -> None:
    answer = athena.run("SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-here/"})
    assert answer.state == "FAILED"
    assert "no-such-bucket-here" in answer.reason


def test_result_columns_have_athenas_types(athena: Any) -> None:
    sql = (
        "SELECT 1 AS a, 2147483648 AS b, 1.50 AS c, 1e0 AS d, 'x' AS e, true AS f, date '2024-12-25' AS g,"
        " timestamp '2024-12-25 00:00:00' AS h, now() AS i, array[1] AS j, map(array['a'], array[1]) AS k, sum(1) AS l"
    )
    query_id = athena.start(sql)
    athena.wait(query_id)
    info = athena.call("GetQueryResults", QueryExecutionId=query_id)["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [column["Type"] for column in info] == [
        "integer", "bigint", "decimal", "double", "varchar", "boolean", "date", "timestamp",
        "timestamp with time zone", "array", "map", "bigint",
    ]  # fmt: skip
    assert (info[2]["Precision"], info[2]["Scale"]) == (3, 2)


def test_eight_queries_at_once_each_get_their_own_answer(athena: Any) -> None:
    numbers(athena, 100)
    ids = [athena.start(f"SELECT sum(a) + {number} FROM t") for number in range(8)]
    assert all(athena.wait(query_id)["Status"]["State"] == "SUCCEEDED" for query_id in ids)
    for number, query_id in enumerate(ids):
        rows = athena.call("GetQueryResults", QueryExecutionId=query_id)["ResultSet"]["Rows"]
        assert rows[1]["Data"] == [{"VarCharValue": str(4950 + number)}]


def test_a_running_query_is_stopped_and_results_are_refused_until_the_end(athena: Any) -> None:
    numbers(athena, 3000)
    query_id = athena.start(SLOW)
    for _ in range(500):
        state = athena.call("GetQueryExecution", QueryExecutionId=query_id)["QueryExecution"]["Status"]["State"]
        if state == "RUNNING":
            break
        time.sleep(0.01)
    with pytest.raises(ServiceError, match="has not yet finished"):
        athena.call("GetQueryResults", QueryExecutionId=query_id)
    time.sleep(0.5)
    athena.call("StopQueryExecution", QueryExecutionId=query_id)
    assert athena.wait(query_id)["Status"]["State"] == "CANCELLED"


def test_stopping_a_finished_query_changes_nothing(athena: Any) -> None:
    query = athena.run("SELECT 1").query
    athena.call("StopQueryExecution", QueryExecutionId=query["QueryExecutionId"])
    assert athena.wait(query["QueryExecutionId"]) == query


def test_the_same_token_starts_one_query_and_other_parameters_are_refused(athena: Any) -> None:
    token = f"token-{athena.database}-0123456789012345"
    first = athena.start("SELECT 1", ClientRequestToken=token)
    assert athena.start("SELECT 1", ClientRequestToken=token) == first
    with pytest.raises(ServiceError, match="Idempotent parameters do not match"):
        athena.start("SELECT 2", ClientRequestToken=token)


def test_parameters_replace_question_marks_outside_of_quotes(athena: Any) -> None:
    answer = athena.run("SELECT '?' AS q, ? AS a, ? AS b -- ?", ExecutionParameters=["'it''s'", "7"])
    assert answer.rows == [["?", "it's", "7"]]
    wrong = athena.run("SELECT ?", ExecutionParameters=["1", "2"])
    assert wrong.reason.startswith("INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 1")


def test_names_are_found_in_any_case_with_or_without_the_catalog(athena: Any) -> None:
    athena.events({"2024-12-25": 3})
    database = athena.database.upper()
    for name in ("EVENTS", f"{database}.events", f'"AwsDataCatalog"."{database}"."Events"'):
        answer = athena.run(f"SELECT Event_Id, COUNT(*) AS N FROM {name} WHERE YEAR = '2024' GROUP BY EVENT_ID LIMIT 1")
        assert answer.header == ["Event_Id", "N"], answer.reason
    assert athena.run("SELECT * FROM other.db.t").reason.startswith("CATALOG_NOT_FOUND: line 1:15")
    assert athena.run("SELECT * FROM nosuchdb.t").reason.startswith("SCHEMA_NOT_FOUND: line 1:15")


@pytest.mark.parametrize(
    ("operation", "body", "text"),
    [
        ("StartQueryExecution", {}, "QueryString"),
        ("StartQueryExecution", {"QueryString": "SELECT 1", "QueryExecutionContext": {"Catalog": "other"}}, "other"),
        ("StartQueryExecution", {"QueryString": "x" * 262_145}, "at most 262144 bytes"),
        ("GetQueryExecution", {"QueryExecutionId": "nowhere"}, "was not found"),
        ("GetQueryResults", {"QueryExecutionId": "nowhere"}, "was not found"),
        ("StopQueryExecution", {"QueryExecutionId": "nowhere"}, "was not found"),
        ("BatchGetQueryExecution", {"QueryExecutionIds": []}, "1 to 50"),
        ("GetDataCatalog", {"Name": "other"}, "other"),
        ("ListQueryExecutions", {"NextToken": "x"}, "NextToken"),
    ],
)
def test_wrong_requests_are_refused(athena: Any, operation: str, body: dict[str, Any], text: str) -> None:
    with pytest.raises(ServiceError, match=text) as refusal:
        athena.call(operation, **body)
    assert refusal.value.code == "InvalidRequestException"


def test_queries_are_listed_and_described_together(athena: Any) -> None:
    ids = [athena.run("SELECT 1").query["QueryExecutionId"] for _ in range(2)]
    listed = athena.call("ListQueryExecutions", MaxResults=2)
    assert listed["QueryExecutionIds"] == ids[::-1]
    described = athena.call("BatchGetQueryExecution", QueryExecutionIds=[*ids, "nowhere"])
    assert [query["QueryExecutionId"] for query in described["QueryExecutions"]] == ids
    assert described["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "nowhere"


def test_the_only_data_catalog_is_glues(athena: Any) -> None:
    assert athena.call("GetDataCatalog", Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    assert len(athena.call("ListDataCatalogs")["DataCatalogsSummary"]) == 1


def test_a_query_cannot_touch_this_machine(athena: Any) -> None:
    for sql in (
        "SELECT * FROM read_csv('/etc/hosts')",
        "SELECT * FROM '/etc/hosts'",
        "ATTACH 'x.db'",
        "COPY (SELECT 1) TO 'x'",
    ):
        assert athena.run(sql).state == "FAILED", sql
