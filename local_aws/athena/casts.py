"""CAST and TRY_CAST with Trino's meaning where DuckDB's differs.

DuckDB reads '1.5' as the integer 2, ISO timestamps with a T, and prints 1e7 as 10000000.0; Trino fails, fails, and
prints 1.0E7. What cannot be given Trino's meaning is refused.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.failures import failed, not_supported
from local_aws.athena.types import INTEGERS, TRINO, D, duckdb_type, kind, spelled
from local_aws.athena.typing import UNKNOWN, type_of

FLOATS = (D.FLOAT, D.DOUBLE)
TEXTS = (D.VARCHAR, D.TEXT)
MOMENT = r"[+-]?\d{4,}-\d{1,2}-\d{1,2}( \d{1,2}:\d{2}(:\d{2}(\.\d{1,12})?)?)?"
# Text that Trino reads as the type; anything else fails.
PATTERNS: dict[exp.DType, str] = {
    **dict.fromkeys(INTEGERS, r"[+-]?\d+"),
    D.DATE: r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*",
    D.TIMESTAMP: MOMENT,
    D.TIMESTAMPTZ: MOMENT + r"( [A-Za-z_/]+| ?[+-]\d{2}:\d{2})?",
    D.BOOLEAN: r"(?i)true|false|t|f|1|0",
    **dict.fromkeys(FLOATS, r"\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?Infinity|NaN)\s*"),
    D.DECIMAL: r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
}
# (from, to) that Trino itself does not have.
ALLOWED: dict[str, frozenset[str]] = {
    "text": frozenset({"text", "integer", "float", "decimal", "boolean", "date", "moment", "json"}),
    "integer": frozenset({"text", "integer", "float", "decimal", "boolean"}),
    "float": frozenset({"text", "integer", "float", "decimal", "boolean"}),
    "decimal": frozenset({"text", "integer", "float", "decimal"}),
    "boolean": frozenset({"text", "integer", "float", "decimal", "boolean"}),
    "date": frozenset({"text", "date", "moment"}),
    "moment": frozenset({"text", "date", "moment"}),
    "null": frozenset({"text", "integer", "float", "decimal", "boolean", "date", "moment", "json", "nested"}),
    "nested": frozenset({"nested"}),
}
GROUPS: dict[exp.DType, str] = {
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(INTEGERS, "integer"),
    **dict.fromkeys(FLOATS, "float"),
    D.DECIMAL: "decimal",
    D.BOOLEAN: "boolean",
    D.DATE: "date",
    D.TIMESTAMP: "moment",
    D.TIMESTAMPTZ: "moment",
    D.JSON: "json",
    **dict.fromkeys((D.ARRAY, D.LIST, D.MAP, D.STRUCT), "nested"),
}
MILLISECONDS = 3  # digits of a timestamp's fraction


def moment_sql(sql: str) -> str:
    return f"CAST({sql} AS TIMESTAMP)"


def cast_sql(self: Any, node: exp.Cast) -> str:
    """The DuckDB expression; both casts go through one shape: TRY_CAST gives NULL where CAST fails."""
    to = node.to
    source, target = type_of(node.this), kind(to)
    group = "null" if isinstance(node.this, exp.Null) else GROUPS.get(kind(source), "")
    if source is UNKNOWN or GROUPS.get(target, "") not in ALLOWED.get(group, frozenset()):
        raise _refused(node, source)
    _require_precision(node)
    keyword = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    value = self.sql(node, "this")
    if target in TEXTS and group != "null":
        return _cut(to, TO_TEXT.get(kind(source), _as_text)(value))
    if group == "text" and target in PATTERNS:
        value = f"CASE WHEN regexp_full_match({value}, '{PATTERNS[target]}') THEN {value} ELSE '?' || {value} END"
    if group == "float" and target in INTEGERS:
        value = f"round({value})"  # half away from zero; DuckDB rounds half to even
    return f"{keyword}({value} AS {duckdb_type(to)})"


def _refused(node: exp.Cast, source: exp.DataType) -> Exception:
    if kind(source) not in GROUPS or kind(node.to) not in GROUPS or D.JSON in (kind(source), kind(node.to)):
        return not_supported(f"the cast {node.sql('trino')}", node)
    return failed("TYPE_MISMATCH", f"Cannot cast {spelled(source, TRINO)} to {spelled(node.to, TRINO)}", node)


def _require_precision(node: exp.Cast) -> None:
    """timestamp(0) of a literal is sqlglot's own; a real cast to fewer digits than three would have to round."""
    digits = [int(part.name) for part in node.to.expressions] if kind(node.to) in (D.TIMESTAMP, D.TIMESTAMPTZ) else []
    if digits and digits[0] < MILLISECONDS and not node.this.is_string:
        raise not_supported(f"the cast to {node.to.sql('trino')}", node)


def _cut(to: exp.DataType, sql: str) -> str:
    return f"left({sql}, {to.expressions[0].name})" if to.expressions else sql


def _as_text(sql: str) -> str:
    return f"CAST({sql} AS VARCHAR)"


def _moment_text(sql: str) -> str:
    return f"strftime(CAST({sql} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')"


def _float_text(sql: str) -> str:
    """Java's notation from 10^-3 to below 10^7, where it has no exponent; outside of that it fails."""
    plain = f"{sql} = 0 OR (abs({sql}) >= 0.001 AND abs({sql}) < 10000000) OR {sql} IS NULL"
    failure = "CAST('NOT_SUPPORTED: a double that Athena prints with an exponent, as varchar' AS BIGINT)"
    return f"CAST(CASE WHEN {plain} THEN {sql} ELSE {failure} END AS VARCHAR)"


TO_TEXT: dict[exp.DType, Callable[[str], str]] = {
    D.TIMESTAMP: _moment_text,
    D.TIMESTAMPTZ: lambda sql: f"({_moment_text(sql)} || ' UTC')",
    D.DOUBLE: _float_text,
    D.FLOAT: _float_text,
}
