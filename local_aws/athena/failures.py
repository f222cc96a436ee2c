"""What makes a query FAIL, in Athena's words."""

from dataclasses import dataclass

from sqlglot import exp

SYSTEM, USER, OTHER = 1, 2, 3  # AthenaError.ErrorCategory


@dataclass
class QueryFailed(Exception):
    """``code`` is Trino's error name (``TABLE_NOT_FOUND``); ``message`` says what was expected and what came."""

    code: str
    message: str
    category: int = USER

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class QueryCancelled(Exception):
    """The query ends CANCELLED; the text is its reason."""


def position(node: exp.Expr | None) -> str:
    """``line 1:15: ``, the first place that the parser noted in the node, or nothing."""
    noted = [part.meta for part in (node.walk() if node is not None else ()) if part.meta.get("line")]
    if not noted:
        return ""
    first = min(noted, key=lambda meta: int(meta["start"]))
    start = first["col"] - (first["end"] - first["start"])  # sqlglot notes the column of the last character
    return f"line {first['line']}:{max(start, 1)}: "


def failed(code: str, message: str, node: exp.Expr | None = None) -> QueryFailed:
    return QueryFailed(code, position(node) + message)


def not_supported(what: str, node: exp.Expr | None = None) -> QueryFailed:
    """Neither executed nor guessed. The local AWS refuses more than Athena does; the text says so."""
    return failed("NOT_SUPPORTED", f"{what} is not supported by the local Athena; see local_aws/athena", node)
