"""What Trino refuses and DuckDB would do silently: comparing text with numbers, calculating with text, and the like.

Where the type of an operand is not known, the query fails too, and says which expression needs a CAST.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlglot import exp

from local_aws.athena.failures import QueryFailed, failed, not_supported
from local_aws.athena.functions import FUNCTIONS, NAMES, WINDOW_NAMES
from local_aws.athena.types import INTEGERS, TRINO, D, kind, spelled
from local_aws.athena.types import NAMES as TYPE_NAMES
from local_aws.athena.typing import function_key, type_of, unwrapped

# Letters of the functions' table. Types within one letter may be compared with each other.
FAMILIES: dict[exp.DType, str] = {
    **dict.fromkeys((D.VARCHAR, D.TEXT), "s"),
    **dict.fromkeys((D.TINYINT, D.SMALLINT, D.INT, D.BIGINT, D.DECIMAL, D.FLOAT, D.DOUBLE), "n"),
    **dict.fromkeys((D.DATE, D.TIMESTAMP, D.TIMESTAMPTZ), "t"),
    **dict.fromkeys((D.ARRAY, D.LIST), "a"),
    **dict.fromkeys((D.BINARY, D.VARBINARY), "y"),
    D.BOOLEAN: "b",
    D.MAP: "m",
    D.STRUCT: "r",
    D.JSON: "j",
    D.INTERVAL: "v",
}
ACCEPTED = {"i": "n", "p": "s", "f": "s", "u": "s", "w": "sj", "c": "am"}  # what a letter of `takes` accepts
OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||", exp.Like: "LIKE",
}  # fmt: skip
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
CONDITIONS = (exp.Where, exp.Having, exp.And, exp.Or, exp.Not)


def family(node: exp.Expr) -> str:
    """The letter; ``?`` for a NULL, which fits everywhere. Fails where the type is not known."""
    node = unwrapped(node)
    if isinstance(node, exp.Null) or (kind(type_of(node)) == D.VARCHAR and type_of(node).this == D.NULL):
        return "?"
    if type_of(node).this not in FAMILIES:
        raise not_supported(f"{node.sql('trino')}, whose type cannot be told (wrap it in a CAST), in this place", node)
    return FAMILIES[type_of(node).this]


def trino_name(node: exp.Expr) -> str:
    found = type_of(node)
    return spelled(found, TRINO) if kind(found) in TYPE_NAMES else "unknown"


def check_types(tree: exp.Expr) -> None:
    """Fails (TYPE_MISMATCH, FUNCTION_NOT_REGISTERED, NOT_SUPPORTED) where Athena would, or where we cannot tell."""
    for node in tree.walk():
        for kinds, check in CHECKS:
            if isinstance(node, kinds):
                check(node)


def _mismatch(left: exp.Expr, operator: str, right: exp.Expr, at: exp.Expr) -> QueryFailed:
    text = f"Cannot apply operator: {trino_name(left)} {operator} {trino_name(right)}"
    return failed("TYPE_MISMATCH", text, at)


def _comparable(left: exp.Expr, operator: str, right: exp.Expr, at: exp.Expr) -> None:
    families = {family(left), family(right)} - {"?"}
    if len(families) > 1:
        raise _mismatch(left, operator, right, at)


def _check_comparison(node: exp.Binary) -> None:
    _comparable(node.left, OPERATORS[type(node)], node.right, node)


def _check_arithmetic(node: exp.Binary) -> None:
    families = family(node.left) + family(node.right)
    dates_and_intervals = isinstance(node, (exp.Add, exp.Sub)) and families in ("tv", "vt")
    if families == "tt" and isinstance(node, exp.Sub):
        raise not_supported("the difference of two dates or timestamps (use date_diff)", node)
    if not dates_and_intervals and set(families) - {"n", "?"}:
        raise _mismatch(node.left, OPERATORS[type(node)], node.right, node)


def _check_text(node: exp.Binary) -> None:
    families = {family(node.left), family(node.right)} - {"?"}
    if not (families <= {"s"} or (families == {"a"} and isinstance(node, exp.DPipe))):
        raise _mismatch(node.left, OPERATORS[type(node)], node.right, node)


def _check_between(node: exp.Between) -> None:
    for bound in (node.args["low"], node.args["high"]):
        _comparable(node.this, "BETWEEN", bound, node)


def _check_in(node: exp.In) -> None:
    query = node.args.get("query")
    members = [query.this.selects[0]] if query else node.expressions
    for member in members:
        _comparable(node.this, "IN", member, node)


def _check_condition(node: exp.Expr) -> None:
    operands = [node.left, node.right] if isinstance(node, exp.Connector) else [node.this]
    for operand in operands:
        if family(operand) not in "b?":
            raise failed("TYPE_MISMATCH", f"expected a boolean expression, got {trino_name(operand)}", operand)


def _check_join(node: exp.Join) -> None:
    if node.args.get("on") and family(node.args["on"]) not in "b?":
        raise failed("TYPE_MISMATCH", "JOIN ON clause must evaluate to a boolean", node)


def _check_alike(node: exp.Expr) -> None:
    """COALESCE, CASE, IF, NULLIF, GREATEST, LEAST: one family for all alternatives."""
    found = [(family(value), value) for value in _alternatives(node)]
    known = [pair for pair in found if pair[0] != "?"]
    for name, value in known[1:]:
        if name != known[0][0]:
            text = f"All operands must be the same type: {trino_name(known[0][1])}, {trino_name(value)}"
            raise failed("TYPE_MISMATCH", text, node)


def _alternatives(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Case):
        yield from (branch.args["true"] for branch in node.args["ifs"])
        yield from [node.args["default"]] if node.args.get("default") else []
    elif isinstance(node, exp.If):
        yield from (node.args[name] for name in ("true", "false") if node.args.get(name))
    else:
        yield from [node.this, *node.expressions, *_second(node)]


def _second(node: exp.Expr) -> Iterable[exp.Expr]:
    return [node.args["expression"]] if node.args.get("expression") else []


def _check_if(node: exp.If) -> None:
    case = node.parent if isinstance(node.parent, exp.Case) else None
    if case and case.this:
        _comparable(case.this, "=", node.this, node)
    elif family(node.this) not in "b?":
        raise failed("TYPE_MISMATCH", f"a condition must be boolean, not {trino_name(node.this)}", node)


def _check_union(node: exp.SetOperation) -> None:
    left, right = node.left.selects, node.right.selects
    if len(left) != len(right):
        text = f"{node.key.upper()} query has different number of fields: {len(left)}, {len(right)}"
        raise failed("TYPE_MISMATCH", text, node)
    for ours, theirs in zip(left, right, strict=True):
        _comparable(ours, node.key.upper(), theirs, node)


def _check_function(node: exp.Anonymous) -> None:
    name, found = str(node.name).lower(), FUNCTIONS.get(function_key(node))
    given = ", ".join(trino_name(unwrapped(argument)) for argument in node.expressions)
    if name not in NAMES:
        raise failed("FUNCTION_NOT_REGISTERED", f"Function '{name}' not registered (here)", node)
    if found is None or not _accepts(found.takes, node.expressions):
        raise failed("FUNCTION_NOT_FOUND", f"Unexpected parameters ({given}) for function {name}", node)
    if name in WINDOW_NAMES and not node.find_ancestor(exp.Window):
        raise failed("MISSING_OVER", f"Window function {name} requires an OVER clause", node)


def _accepts(takes: str, arguments: list[exp.Expr]) -> bool:
    if takes.endswith("*"):
        takes = takes[:-1] + takes[-2] * (len(arguments) - len(takes) + 1)
    return len(takes) == len(arguments) and all(map(_accepts_one, takes, arguments))


def _accepts_one(letter: str, argument: exp.Expr) -> bool:
    found = family(argument)
    if letter == "i" and found == "n":
        return type_of(unwrapped(argument)).this in INTEGERS
    return letter == "x" or found == "?" or found in ACCEPTED.get(letter, letter)


def _check_sum(node: exp.AggFunc) -> None:
    if family(node.this) not in "n?":
        text = f"Unexpected parameters ({trino_name(node.this)}) for function {node.key}"
        raise failed("FUNCTION_NOT_FOUND", text, node)


def _check_unknown_function(node: exp.Func) -> None:
    if type(node) not in KNOWN_FUNCTIONS:
        raise failed("FUNCTION_NOT_REGISTERED", f"Function '{node.sql_name().lower()}' not registered (here)", node)


KNOWN_FUNCTIONS = frozenset({
    exp.And, exp.Anonymous, exp.Array, exp.Avg, exp.Case, exp.Cast, exp.Coalesce, exp.Count, exp.CurrentDate,
    exp.CurrentTimestamp, exp.Exists, exp.Extract, exp.Greatest, exp.Grouping, exp.If, exp.Least, exp.Localtimestamp,
    exp.Max, exp.Min, exp.Nullif, exp.Or, exp.StrPosition, exp.Substring, exp.Sum, exp.Trim, exp.Try, exp.TryCast,
    exp.Unnest,
})  # fmt: skip
CHECKS: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[Any], None]], ...] = (
    ((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ), _check_comparison),
    (ARITHMETIC, _check_arithmetic),
    ((exp.DPipe, exp.Like), _check_text),
    ((exp.Between,), _check_between),
    ((exp.In,), _check_in),
    (CONDITIONS, _check_condition),
    ((exp.Join,), _check_join),
    ((exp.Coalesce, exp.Case, exp.If, exp.Nullif, exp.Greatest, exp.Least), _check_alike),
    ((exp.If,), _check_if),
    ((exp.SetOperation,), _check_union),
    ((exp.Sum, exp.Avg), _check_sum),
    ((exp.Anonymous,), _check_function),
    ((exp.Func,), _check_unknown_function),
)
