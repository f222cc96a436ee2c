"""What kind of statement a text is, told by its first words, and who runs it."""

import re
from typing import NamedTuple

from sqlglot import exp

from local_aws.athena.context import Outcome, QueryContext
from local_aws.athena.ddl import run_ddl
from local_aws.athena.failures import QueryFailed
from local_aws.athena.grammar import parse
from local_aws.athena.insert import run_insert
from local_aws.athena.select import run_select


class Kind(NamedTuple):
    statement_type: str
    substatement_type: str
    suffix: str  # of the result object; INSERT has a manifest instead


QUERY = Kind("DML", "SELECT", ".csv")
INSERT = Kind("DML", "INSERT", "")
COMMENTS = re.compile(r"\s*(--[^\n]*(\n|$)|/\*.*?\*/)", re.DOTALL)
FIRST_WORDS: tuple[tuple[str, Kind], ...] = (
    (r"SELECT\b|WITH\b|VALUES\b|TABLE\b|\(", QUERY),
    (r"INSERT\b", INSERT),
    (r"CREATE\s+(OR\s+REPLACE\s+)?VIEW\b", Kind("DDL", "CREATE_VIEW", ".txt")),
    (r"DROP\s+VIEW\b", Kind("DDL", "DROP_VIEW", ".txt")),
    (r"CREATE\s+(DATABASE|SCHEMA)\b", Kind("DDL", "CREATE_DATABASE", ".txt")),
    (r"ALTER\s+TABLE\b", Kind("DDL", "ALTER_TABLE_ADD_PARTITION", ".txt")),
    (r"MSCK\b", Kind("DDL", "MSCK_REPAIR", ".txt")),
    (r"SHOW\b", Kind("UTILITY", "SHOW", ".txt")),
    (r"DESC", Kind("UTILITY", "DESCRIBE_TABLE", ".txt")),
    (r"", Kind("DDL", "UNKNOWN", ".txt")),
)


def without_comments(sql: str) -> str:
    """The text without comments in front of it."""
    while found := COMMENTS.match(sql):
        sql = sql[found.end() :]
    return sql.strip()


def kind_of(sql: str) -> Kind:
    text = without_comments(sql)
    return next(kind for pattern, kind in FIRST_WORDS if re.match(pattern, text, re.IGNORECASE))


def run_statement(sql: str, context: QueryContext) -> Outcome:
    """Writes ``context.result_file``; raises QueryFailed or QueryCancelled."""
    kind = kind_of(sql)
    if kind not in (QUERY, INSERT):
        return run_ddl(without_comments(sql), context)
    statement = parse(sql)
    if kind is QUERY and isinstance(statement, exp.Query):
        return run_select(statement, context)
    if kind is INSERT and isinstance(statement, exp.Insert):
        return run_insert(statement, context)
    raise QueryFailed("SYNTAX_ERROR", "line 1:1: expected a query or INSERT INTO ... SELECT")


def with_parameters(sql: str, parameters: list[str]) -> str:
    """Each ``?`` outside of quotes and comments replaced by the text of its parameter, as Athena does."""
    values = iter(parameters)
    parts = re.split(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)""", sql, flags=re.DOTALL)
    wanted = sum(part.count("?") for part in parts[::2])
    if wanted != len(parameters):
        message = f"Incorrect number of parameters: expected {wanted} but found {len(parameters)}"
        raise QueryFailed("INVALID_PARAMETER_USAGE", f"line 1:1: {message}")
    parts[::2] = [re.sub(r"\?", lambda _: next(values), part) for part in parts[::2]]
    return "".join(parts)
