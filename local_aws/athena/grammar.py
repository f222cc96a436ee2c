"""Reads one statement and lets nothing through that is not known to mean the same in Trino and here.

Supports: SELECT with WITH, joins, UNNEST, set operations, grouping sets, window functions, VALUES, subqueries.
Does not support: lambdas, TABLESAMPLE, MATCH_RECOGNIZE, WITH RECURSIVE, PREPARE, time travel, ROW(..), EXPLAIN.
"""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from local_aws.athena.dialect import AthenaSql
from local_aws.athena.failures import QueryFailed, not_supported

NODES = frozenset({
    # queries
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset,
    exp.Fetch, exp.LimitOptions, exp.With, exp.CTE, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Values, exp.Tuple, exp.Star, exp.Unnest, exp.Cube, exp.Rollup, exp.GroupingSets, exp.Distinct,
    # names and values
    exp.Identifier, exp.Column, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.DataType,
    exp.DataTypeParam, exp.ColumnDef, exp.Interval, exp.Paren, exp.Dot, exp.Array,
    # operators
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Is, exp.In, exp.Between, exp.Like, exp.Escape, exp.Exists, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod,
    exp.Neg, exp.DPipe, exp.Bracket, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Try, exp.AtTimeZone, exp.Extract,
    # functions that sqlglot reads itself; all others are Anonymous
    exp.Anonymous, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least,
    exp.Grouping, exp.Trim, exp.Substring, exp.StrPosition, exp.JSONValue, exp.CurrentDate, exp.CurrentTimestamp,
    exp.Localtimestamp,
    # windows
    exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls, exp.RespectNulls,
})  # fmt: skip
# Arguments of nodes that may be set; what Trino's grammar lacks and sqlglot reads anyway is not among them.
ARGUMENTS: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        {"with_", "expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit", "offset"}
        | {"windows"}
    ),
    exp.Group: frozenset({"expressions", "grouping_sets", "cube", "rollup"}),
    exp.Join: frozenset({"this", "side", "kind", "on", "using"}),
    exp.Table: frozenset({"this", "db", "catalog", "alias"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.Distinct: frozenset({"expressions"}),
    exp.Star: frozenset(),
    exp.Subquery: frozenset({"this", "alias", "with_"}),
    exp.Unnest: frozenset({"expressions", "alias", "offset"}),
    exp.LimitOptions: frozenset({"rows"}),
}


def parse(sql: str) -> exp.Expr:
    """The one statement of the text; SYNTAX_ERROR where it is none, or more than one."""
    dialect = AthenaSql()
    try:
        tokens = dialect.tokenize(sql)
        statements = [found for found in dialect.parser().parse(tokens, sql) if found is not None]
    except ParseError as error:
        raise _syntax_error(error) from error
    except TokenError as error:
        raise QueryFailed("SYNTAX_ERROR", f"line 1:1: {str(error).splitlines()[0]}") from error
    if len(statements) != 1:
        raise QueryFailed("SYNTAX_ERROR", f"line 1:1: Only one sql statement is allowed. Got: {len(statements)}")
    if cast_operator := next((token for token in tokens if token.text == "::"), None):
        where = f"line {cast_operator.line}:{cast_operator.col - 1}: "
        raise QueryFailed("SYNTAX_ERROR", f"{where}mismatched input '::' (Athena has CAST only)")
    return as_query(statements[0])


def as_query(statement: exp.Expr) -> exp.Expr:
    """VALUES on its own is a query too; sqlglot has it as a table."""
    if not isinstance(statement, exp.Values):
        return statement
    names = [f"_col{place}" for place in range(len(statement.expressions[0].expressions))]
    statement.set("alias", exp.TableAlias(this=exp.to_identifier("t"), columns=[exp.to_identifier(n) for n in names]))
    return exp.Select(expressions=[exp.Star()], from_=exp.From(this=statement))


def _syntax_error(error: ParseError) -> QueryFailed:
    found = error.errors[0] if error.errors else {}
    token, what = str(found.get("highlight", "")), str(found.get("description", error))
    where = f"line {found.get('line', 1)}:{found.get('col', 1)}: "
    return QueryFailed("SYNTAX_ERROR", f"{where}mismatched input '{token}' ({what})")


def require_known(tree: exp.Expr) -> None:
    """Fails with NOT_SUPPORTED at the first node, or argument of a node, that is not in the lists above."""
    for node in tree.walk():
        if type(node) not in NODES:
            raise not_supported(f"{type(node).__name__} ({node.sql('trino')[:80]})", node)
        given = {name for name, value in node.args.items() if value}
        if extra := given - ARGUMENTS.get(type(node), frozenset(given)):
            raise not_supported(f"{sorted(extra)[0].upper().rstrip('_')} of {type(node).__name__}", node)
        _require_plain(node)


def _require_plain(node: exp.Expr) -> None:
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.Count) and len(node.expressions) > 1:
        raise QueryFailed("FUNCTION_NOT_FOUND", "Unexpected parameters for function count: DISTINCT takes one column")
    if isinstance(node, exp.Bracket) and len(node.expressions) != 1:
        raise not_supported("a subscript that is no single value", node)
    if isinstance(node, exp.Join) and (node.args.get("method") or (node.side and node.kind)):
        raise not_supported(f"{node.side} {node.kind} JOIN", node)
