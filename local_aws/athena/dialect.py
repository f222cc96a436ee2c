"""Athena's SQL read by sqlglot, and written for DuckDB with Trino's meaning.

The parser knows few functions itself, so every other one arrives under its own name and meets the functions' table.
The generator is the one place that says how an operator or a cast differs between the two engines.
"""

import re
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.trino import Trino
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.parsers.trino import TrinoParser

from local_aws.athena.casts import cast_sql, moment_sql
from local_aws.athena.failures import not_supported
from local_aws.athena.functions import BUILT_IN, FUNCTIONS, NOW
from local_aws.athena.types import D, decimal_size, duckdb_type, kind
from local_aws.athena.typing import as_decimal, function_key, type_of

UNITS = frozenset({"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"})
# MySQL's letters (date_format, date_parse) -> strftime's; letters that are not here are refused.
DATE_FORMATS = {
    "Y": "%Y", "y": "%y", "m": "%m", "c": "%-m", "d": "%d", "e": "%-d", "H": "%H", "k": "%-H", "h": "%I", "I": "%I",
    "l": "%-I", "i": "%M", "s": "%S", "S": "%S", "f": "%f", "p": "%p", "j": "%j", "a": "%a", "W": "%A", "b": "%b",
    "M": "%B", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "%": "%%",
}  # fmt: skip
JSON_PATH = re.compile(r"""\$(?:\.[A-Za-z_][\w-]*|\["[^"\]]+"\]|\['[^'\]]+'\]|\[\d+\])*""")
SPECIAL_SYNTAX = frozenset({"CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION", "JSON_VALUE"})
WITHOUT_PARENTHESES = frozenset({"CASE", "IF"})
# The only places where a moment of another zone than UTC keeps its meaning in DuckDB.
READS_LOCAL_TIME = frozenset(
    {"hour", "minute", "day", "month", "year", "day_of_week", "dow", "date_format", "date", "week"}
)


class AthenaSql(Trino):
    """What queries and views are read with."""

    INDEX_OFFSET = 0  # subscripts are kept as they are written; `_subscript` writes them so too

    class Parser(TrinoParser):
        FUNCTIONS: ClassVar[dict[Any, Any]] = {
            **{name: build for name, build in TrinoParser.FUNCTIONS.items() if name in BUILT_IN},
            "DATE": lambda arguments: exp.Cast(this=arguments[0], to=exp.DataType(this=D.DATE)),
        }
        FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {
            name: parse for name, parse in TrinoParser.FUNCTION_PARSERS.items() if name in SPECIAL_SYNTAX
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[Any, Any]] = {
            name: parse for name, parse in TrinoParser.NO_PAREN_FUNCTION_PARSERS.items() if name in WITHOUT_PARENTHESES
        }


class _Failure:
    """``{fail:TEXT}`` in a template: an expression that fails with TEXT when it is evaluated (and TRY catches it)."""

    def __format__(self, text: str) -> str:
        return f"CAST({exp.Literal.string(text).sql('duckdb')} AS BIGINT)"


class _All(list[str]):
    """``{all:SEPARATOR}`` in a template: every argument."""

    def __format__(self, separator: str) -> str:
        return f" {separator} ".join(self)


def date_format(argument: exp.Expr) -> str:
    """A MySQL date format literal as strftime's; refuses letters that are not in the table."""
    text = _text(argument, "a date format that is no literal")

    def letter(match: re.Match[str]) -> str:
        if match[1] not in DATE_FORMATS:
            raise not_supported(f"the date format {match[0]!r}", argument)
        return DATE_FORMATS[match[1]]

    return exp.Literal.string(re.sub(r"%(.)", letter, text)).sql("duckdb")


def json_path(argument: exp.Expr) -> str:
    """``$.a["b"][0]`` as DuckDB writes it (``$.a."b"[0]``)."""
    path = _text(argument, "a JSON path that is no literal").removeprefix("lax ")
    if not JSON_PATH.fullmatch(path):
        raise not_supported(f"the JSON path {path!r}", argument)
    return exp.Literal.string(re.sub(r"""\[["']([^"']+)["']\]|\.([\w-]+)""", r'."\1\2"', path)).sql("duckdb")


def _unit(argument: exp.Expr) -> str:
    unit = _text(argument, "a unit that is no literal").lower()
    if unit not in UNITS:
        raise not_supported(f"the unit {unit!r}", argument)
    return exp.Literal.string(unit).sql("duckdb")


def _text(argument: exp.Expr, otherwise: str) -> str:
    if not argument.is_string:
        raise not_supported(otherwise, argument)
    return str(argument.name)


ARGUMENTS = {"f": date_format, "p": json_path, "u": _unit}


def _function(self: DuckDBGenerator, node: exp.Anonymous) -> str:
    found = FUNCTIONS[function_key(node)]
    letters = found.takes.ljust(len(node.expressions))
    arguments = [
        ARGUMENTS[letter](argument) if letter in ARGUMENTS else _argument(self, argument)
        for letter, argument in zip(letters, node.expressions, strict=False)
    ]
    if node.name.lower() == "cardinality" and kind(type_of(node.expressions[0])) == D.MAP:
        arguments = [f"map_keys({arguments[0]})"]
    declared = duckdb_type(type_of(node)) if "{type}" in found.duckdb else ""
    unit = arguments[0].strip("'") if arguments and "{unit}" in found.duckdb else ""
    return found.duckdb.format(*arguments, all=_All(arguments), fail=_Failure(), type=declared, unit=unit)


def _argument(self: DuckDBGenerator, node: exp.Expr) -> str:
    """Templates put operators around their arguments, so an operator in one needs its parentheses."""
    return f"({self.sql(node)})" if isinstance(node, exp.Binary | exp.Unary) else self.sql(node)


def _division(self: DuckDBGenerator, node: exp.Div) -> str:
    """Integers truncate; decimals are divided exactly, half up, to Trino's scale; zero fails but for doubles."""
    left, right = self.sql(node.left), self.sql(node.right)
    result = type_of(node)
    if kind(result) in (D.FLOAT, D.DOUBLE):
        return f"(CAST({left} AS DOUBLE) / {right})"
    if kind(result) != D.DECIMAL:
        return f"({left} // {right})"
    return decimal_division((left, type_of(node.left)), (right, type_of(node.right)), decimal_size(result))


def decimal_division(left: tuple[str, exp.DataType], right: tuple[str, exp.DataType], size: tuple[int, int]) -> str:
    """Whole numbers all the way: |a| * 10^n / |b|, half up, then the point is set. Fails beyond 38 digits."""
    scales = [(as_decimal(data_type) or (0, 0))[1] for _, data_type in (left, right)]
    shift = size[1] + scales[1] - scales[0]
    top = f"(CAST({_unscaled(left[0], scales[0])} AS HUGEINT) * {10**shift})"
    bottom = f"CAST({_unscaled(right[0], scales[1])} AS HUGEINT)"
    half_up = f"((2 * abs({top}) + abs({bottom})) // (2 * abs({bottom})))"
    quotient = f"(CASE WHEN ({top} < 0) <> ({bottom} < 0) THEN -{half_up} ELSE {half_up} END)"
    point = f"CAST({10 ** -size[1]:.{size[1]}f} AS DECIMAL({size[1] + 1}, {size[1]}))"
    return f"CAST(CAST({quotient} AS DECIMAL(38, 0)) * {point} AS DECIMAL({size[0]}, {size[1]}))"


def _unscaled(sql: str, scale: int) -> str:
    return f"(CAST({sql} AS DECIMAL(38, {scale})) * {10**scale})"


def _subscript(self: DuckDBGenerator, node: exp.Bracket) -> str:
    """Trino fails where DuckDB gives NULL: an index out of the array, a key that is not in the map."""
    container, index = self.sql(node.this), self.sql(node.expressions[0])
    if kind(type_of(node.this)) == D.MAP:
        there = f"{container} IS NULL OR list_contains(map_keys({container}), {index})"
        return f"({container})[CASE WHEN {there} THEN {index} ELSE {_missing(node.this)} END]"
    inside = f"{container} IS NULL OR {index} BETWEEN 1 AND len({container})"
    failure = format(_Failure(), "INVALID_FUNCTION_ARGUMENT: Array subscript must be within the array")
    return f"({container})[CASE WHEN {inside} THEN {index} ELSE {failure} END]"


def _missing(container: exp.Expr) -> str:
    key_type = duckdb_type(type_of(container).expressions[0])
    failure = format(_Failure(), "INVALID_FUNCTION_ARGUMENT: Key not present in map")
    return f"CAST({failure} AS {key_type})"


def _interval_sum(self: DuckDBGenerator, node: exp.Binary) -> str:
    operator = "+" if isinstance(node, exp.Add) else "-"
    text = f"{self.sql(node.left)} {operator} {self.sql(node.right)}"
    return f"CAST({text} AS DATE)" if kind(type_of(node)) == D.DATE else text


def _zone(self: DuckDBGenerator, node: exp.AtTimeZone) -> str:
    moment = f"CAST({self.sql(node.this)} AS TIMESTAMPTZ)"
    if node.args["zone"].name.upper() == "UTC":
        return moment
    reader = node.parent
    name = reader.name.lower() if isinstance(reader, exp.Anonymous) else "date" if _to_date(reader) else ""
    if name not in READS_LOCAL_TIME:
        raise not_supported("AT TIME ZONE other than UTC outside of hour(..), date_format(..), CAST(.. AS date)", node)
    return f"({moment} AT TIME ZONE {self.sql(node, 'zone')})"


def _to_date(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Cast) and kind(node.to) == D.DATE


def _unnest(self: DuckDBGenerator, node: exp.Unnest) -> str:
    """Maps give two columns, rows their fields: a lateral subquery with one DuckDB ``unnest`` per column."""
    lists = [sql for source in node.expressions for sql in _lists(self, source)]
    names = [exp.to_identifier(name, quoted=True).sql("duckdb") for name in node.alias_column_names]
    if node.args.get("offset"):
        lists.append(f"range(1, len({lists[0]}) + 1)")
        names.append(self.sql(exp.to_identifier(node.args["offset"].name, quoted=True)))
    if len(lists) != len(names):
        raise not_supported(f"UNNEST of {len(lists)} columns with {len(names)} names, which", node)
    columns = ", ".join(f"unnest({values}) AS {name}" for values, name in zip(lists, names, strict=True))
    return f"(SELECT {columns}) AS {exp.to_identifier(node.alias, quoted=True).sql('duckdb')}"


def _lists(self: DuckDBGenerator, source: exp.Expr) -> list[str]:
    sql, found = self.sql(source), type_of(source)
    if kind(found) == D.MAP:
        return [f"map_keys({sql})", f"map_values({sql})"]
    element = found.expressions[0]
    if kind(element) == D.STRUCT:
        fields = [self.sql(exp.to_identifier(field.name, quoted=True)) for field in element.expressions]
        return [f"list_transform({sql}, lambda e: e.{field})" for field in fields]
    return [sql]


def _json_value(self: DuckDBGenerator, node: exp.JSONValue) -> str:
    document, path = self.sql(node.this), json_path(node.args["path"])
    return FUNCTIONS["json_extract_scalar/2"].duckdb.format(document, path)


def _plus(self: DuckDBGenerator, node: exp.Binary) -> str:
    if D.INTERVAL in (kind(type_of(node.left)), kind(type_of(node.right))):
        return _interval_sum(self, node)
    return _number(self, node, "+" if isinstance(node, exp.Add) else "-")


def _number(self: DuckDBGenerator, node: exp.Binary, operator: str) -> str:
    """DuckDB keeps to 18 digits while both sides fit into them, and fails where Trino has more: so one side gets 38."""
    left = self.sql(node.left)
    if kind(type_of(node)) == D.DECIMAL and (size := as_decimal(type_of(node.left))):
        left = f"CAST({left} AS DECIMAL(38, {size[1]}))"
    return f"{left} {operator} {self.sql(node.right)}"


TRANSLATIONS: dict[type[exp.Expr], Any] = {
    exp.Anonymous: _function,
    exp.Div: _division,
    exp.Add: _plus,
    exp.Sub: _plus,
    exp.Mul: lambda self, node: _number(self, node, "*"),
    exp.Bracket: _subscript,
    exp.Cast: cast_sql,
    exp.TryCast: cast_sql,
    exp.AtTimeZone: _zone,
    exp.Unnest: _unnest,
    exp.JSONValue: _json_value,
    exp.CurrentTimestamp: lambda self, node: NOW,
    exp.CurrentDate: lambda self, node: f"CAST({NOW} AS DATE)",
    exp.Localtimestamp: lambda self, node: moment_sql(NOW),
}


class AthenaOnDuckDB(DuckDB):
    """What typed trees are written with."""

    class Generator(DuckDBGenerator):
        TRANSFORMS: ClassVar[dict[Any, Any]] = {**DuckDBGenerator.TRANSFORMS, **TRANSLATIONS}
