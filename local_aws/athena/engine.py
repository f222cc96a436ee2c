"""Athena's operations.

Supports: StartQueryExecution (ClientRequestToken, ExecutionParameters, QueryExecutionContext, ResultConfiguration),
GetQueryExecution, BatchGetQueryExecution, ListQueryExecutions, StopQueryExecution, GetQueryResults; workgroups, named
queries, GetDataCatalog and ListDataCatalogs (AwsDataCatalog). Does not support: data catalogs other than that, prepared
statements, notebooks, Spark, capacity reservations, result reuse, managed results, client-side encryption.
The SQL: see grammar.py, functions.py, ddl.py and insert.py; tables: see catalog.py.
"""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from local_aws.athena.access import Access, AccessByCaller
from local_aws.athena.catalog import Catalog
from local_aws.athena.context import Outcome, QueryContext
from local_aws.athena.executions import FINAL, Execution
from local_aws.athena.named_queries import NamedQueries
from local_aws.athena.requests import invalid, required, token
from local_aws.athena.results import Row, page, read_csv
from local_aws.athena.results_encryption import encryption_arguments
from local_aws.athena.statements import INSERT, QUERY, kind_of, run_statement, with_parameters
from local_aws.athena.workgroups import PRIMARY, WorkGroups, output_location
from local_aws.clock import Clock
from local_aws.engine import Engine, Operation, Reply
from local_aws.principals import caller

CATALOG = {"Name": "AwsDataCatalog", "Type": "GLUE"}
MAX_QUERY_BYTES = 262_144
MAX_RESULTS = 1000
CONCURRENT_QUERIES = 4
RESULTS_KEPT = 8  # result files that GetQueryResults holds in memory while a client pages through them


class AthenaEngine(Engine):
    """Queries run in a small pool of threads, each in a DuckDB of its own. ``data_dir`` holds cached objects."""

    service = "athena"
    target_prefix = "AmazonAthena"

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        self._clock = clock
        self._scratch = data_dir / "athena" / "queries"
        self._access = AccessByCaller(endpoint_url, data_dir / "athena" / "objects")
        self._pool = ThreadPoolExecutor(CONCURRENT_QUERIES, thread_name_prefix="athena")
        self._executions: dict[str, Execution] = {}
        self._by_token: dict[str, tuple[dict[str, Any], str]] = {}
        self._lock = threading.Lock()  # of the token table and the results; the gateway serves many threads
        self._results: OrderedDict[str, list[Row]] = OrderedDict()
        self._workgroups = WorkGroups(clock)
        self._named_queries = NamedQueries(self._workgroups)

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "StartQueryExecution": self.start,
            "GetQueryExecution": lambda body: {"QueryExecution": self._find(body).described()},
            "BatchGetQueryExecution": self.batch_get,
            "ListQueryExecutions": self.list_executions,
            "StopQueryExecution": self.stop,
            "GetQueryResults": self.results,
            "GetDataCatalog": _data_catalog,
            "ListDataCatalogs": lambda body: {
                "DataCatalogsSummary": [{"CatalogName": CATALOG["Name"], "Type": CATALOG["Type"]}]
            },
            **self._workgroups.operations,
            **self._named_queries.operations,
        }

    def close(self) -> None:
        """Stops what still runs and waits for it."""
        for execution in list(self._executions.values()):
            execution.cancel(self._clock)
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def start(self, body: dict[str, Any]) -> Reply:
        client_token = body.get("ClientRequestToken")
        with self._lock:
            if client_token and client_token in self._by_token:
                return self._repeated(client_token, body)
            execution = self._accepted(body)
            self._executions[execution.query_id] = execution
            if client_token:
                self._by_token[client_token] = (body, execution.query_id)
        self._pool.submit(execution.run, lambda: self._work(execution), self._clock)
        return {"QueryExecutionId": execution.query_id}

    def _repeated(self, client_token: str, body: dict[str, Any]) -> Reply:
        first, query_id = self._by_token[client_token]
        if first != body:
            raise invalid("Idempotent parameters do not match", "DUPLICATE_REQUEST")
        return {"QueryExecutionId": query_id}

    def _accepted(self, body: dict[str, Any]) -> Execution:
        sql = required(body, "QueryString")
        if len(sql.encode()) > MAX_QUERY_BYTES:
            raise invalid(f"queryString must be at most {MAX_QUERY_BYTES} bytes")
        _require_glue_catalog(body)
        workgroup = body.get("WorkGroup", PRIMARY)
        configuration = self._workgroups.usable(workgroup)
        asked = body.get("ResultConfiguration", {})
        query_id, kind = str(uuid4()), kind_of(sql)
        output_uri = f"{output_location(configuration, asked.get('OutputLocation'))}{query_id}{kind.suffix}"
        chosen = configuration["ResultConfiguration"] if configuration["EnforceWorkGroupConfiguration"] else asked
        request = {
            "ResultConfiguration": chosen | {"OutputLocation": output_uri},
            "QueryExecutionContext": {"Database": "default", "Catalog": "awsdatacatalog"}
            | body.get("QueryExecutionContext", {}),
            "ExecutionParameters": body.get("ExecutionParameters"),
        }
        encryption_arguments(chosen)
        return Execution(query_id, sql, kind, workgroup, output_uri, self._clock.now(), request, caller())

    def _work(self, execution: Execution) -> Outcome:
        scratch = self._scratch / execution.query_id
        scratch.mkdir(parents=True)
        try:
            context = self._context(execution, scratch)
            parameters = execution.request["ExecutionParameters"]
            sql = with_parameters(execution.sql, parameters) if parameters else execution.sql
            outcome = run_statement(sql, context)
            self._deliver(execution, context)
            return outcome
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _context(self, execution: Execution, scratch: Path) -> QueryContext:
        configuration = self._workgroups.find(execution.workgroup)["Configuration"]
        access = self._access.of(execution.caller)
        return QueryContext(
            query_id=execution.query_id,
            catalog=Catalog(access.glue, self._clock),
            store=access.store,
            database=execution.request["QueryExecutionContext"]["Database"],
            now=execution.submitted,
            scratch=scratch,
            output_uri=execution.output_uri,
            scan_limit=configuration.get("BytesScannedCutoffPerQuery"),
            cancellation=execution.cancellation,
        )

    def _deliver(self, execution: Execution, context: QueryContext) -> None:
        context.cancellation.check()
        if execution.kind is INSERT:
            return  # the manifest is there already
        content_type = "text/csv" if execution.kind is QUERY else "text/plain"
        encryption = encryption_arguments(execution.request["ResultConfiguration"])
        context.store.put_file(context.result_file, execution.output_uri, content_type, encryption)

    def _find(self, body: dict[str, Any]) -> Execution:
        query_id = required(body, "QueryExecutionId")
        if query_id not in self._executions:
            raise invalid(f"QueryExecution {query_id} was not found", "INVALID_INPUT")
        return self._executions[query_id]

    def batch_get(self, body: dict[str, Any]) -> Reply:
        ids = body.get("QueryExecutionIds", [])
        if not 1 <= len(ids) <= 50:
            raise invalid(f"QueryExecutionIds must have 1 to 50 members, got {len(ids)}")
        missing = [{"QueryExecutionId": i, "ErrorCode": "INVALID_INPUT"} for i in ids if i not in self._executions]
        found = [self._executions[query_id].described() for query_id in ids if query_id in self._executions]
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def list_executions(self, body: dict[str, Any]) -> Reply:
        workgroup = body.get("WorkGroup", PRIMARY)
        self._workgroups.find(workgroup)
        newest_first = reversed(list(self._executions.values()))
        ids = [execution.query_id for execution in newest_first if execution.workgroup == workgroup]
        start, size = token(body), min(int(body.get("MaxResults", 50)), 50)
        more = {"NextToken": str(start + size)} if start + size < len(ids) else {}
        return {"QueryExecutionIds": ids[start : start + size], **more}

    def stop(self, body: dict[str, Any]) -> Reply:
        self._find(body).cancel(self._clock)
        return {}

    def results(self, body: dict[str, Any]) -> Reply:
        execution = self._find(body)
        _require_results(execution)
        start, size = token(body), int(body.get("MaxResults", MAX_RESULTS))
        if not 1 <= size <= MAX_RESULTS:
            raise invalid(f"MaxResults is more than maximum allowed length {MAX_RESULTS}, or less than 1: {size}")
        with self._lock:
            rows = self._rows(execution, self._access.of(caller()))
        reply: Reply = {
            "UpdateCount": execution.outcome.rows_written,
            "ResultSet": {
                "Rows": page(rows, start, size),
                "ResultSetMetadata": {"ColumnInfo": execution.outcome.columns},
            },
        }
        return reply | ({"NextToken": str(start + size)} if start + size < len(rows) else {})

    def _rows(self, execution: Execution, access: Access) -> list[Row]:
        """What is in the result object now: a deleted result is an error, as in Athena."""
        if execution.kind is INSERT:
            return []
        if execution.query_id not in self._results:
            try:
                text = access.store.read(execution.output_uri).decode()
            except ClientError as error:
                raise invalid(f"Could not find results: {execution.output_uri}: {error}") from error
            self._results[execution.query_id] = (
                read_csv(text) if execution.kind is QUERY else [[line] for line in text.splitlines()]
            )
        self._results.move_to_end(execution.query_id)
        while len(self._results) > RESULTS_KEPT:
            self._results.popitem(last=False)
        return self._results[execution.query_id]


def _require_glue_catalog(body: dict[str, Any]) -> None:
    catalog = body.get("QueryExecutionContext", {}).get("Catalog", CATALOG["Name"])
    if catalog.lower() != CATALOG["Name"].lower():
        raise invalid(f"Catalog {catalog} is not found: the local Athena has {CATALOG['Name']} only")


def _require_results(execution: Execution) -> None:
    if execution.state not in FINAL:
        raise invalid(
            f"Query has not yet finished. Current state: {execution.state}", "INVALID_QUERY_STATUS_NOT_FINISHED"
        )
    if execution.state != "SUCCEEDED":
        raise invalid(f"Query did not finish successfully. Final query state: {execution.state}")


def _data_catalog(body: dict[str, Any]) -> Reply:
    name = required(body, "Name")
    if name.lower() != CATALOG["Name"].lower():
        raise invalid(f"Data catalog {name} was not found")
    return {"DataCatalog": CATALOG}
