"""Trino's types for every expression: sqlglot's annotator, with the functions' own table and Trino's decimals.

Decimals follow Trino's rules (a quotient keeps the larger scale of the two sides, ``avg`` keeps its argument's type),
because ``100.0 * a / b`` has one digit behind the point in Athena, and a double's sixteen elsewhere.
"""

from collections.abc import Callable
from typing import Any, cast

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.schema import MappingSchema

from local_aws.athena.functions import FUNCTIONS
from local_aws.athena.types import D, decimal_size, kind

INTEGER_DIGITS = {D.TINYINT: 3, D.SMALLINT: 5, D.INT: 10, D.BIGINT: 19}
RANKS = [D.TINYINT, D.SMALLINT, D.INT, D.BIGINT, D.DECIMAL, D.FLOAT, D.DOUBLE]
UNKNOWN = exp.DataType(this=D.UNKNOWN)
MAX_PRECISION = 38
Size = tuple[int, int]  # precision, scale
Annotator = Callable[[Any, Any], None]


def type_of(node: exp.Expr) -> exp.DataType:
    return node.type if isinstance(node.type, exp.DataType) else UNKNOWN


def decimal(precision: int, scale: int) -> exp.DataType:
    return exp.DataType.build(f"decimal({min(precision, MAX_PRECISION)}, {min(scale, MAX_PRECISION)})")


def as_decimal(data_type: exp.DataType) -> Size | None:
    """The decimal that Trino coerces the number to; None for what is no exact number."""
    if kind(data_type) in INTEGER_DIGITS:
        return INTEGER_DIGITS[kind(data_type)], 0
    return decimal_size(data_type) if kind(data_type) == D.DECIMAL else None


def _sum_size(a: Size, b: Size) -> Size:
    return max(a[0] - a[1], b[0] - b[1]) + max(a[1], b[1]) + 1, max(a[1], b[1])


def _product_size(a: Size, b: Size) -> Size:
    return a[0] + b[0], a[1] + b[1]


def _quotient_size(a: Size, b: Size) -> Size:
    return a[0] + b[1] + max(0, b[1] - a[1]), max(a[1], b[1])


def _remainder_size(a: Size, b: Size) -> Size:
    return min(a[0] - a[1], b[0] - b[1]) + max(a[1], b[1]), max(a[1], b[1])


SIZES: dict[type[exp.Expr], Callable[[Size, Size], Size]] = {
    exp.Add: _sum_size,
    exp.Sub: _sum_size,
    exp.Mul: _product_size,
    exp.Div: _quotient_size,
    exp.Mod: _remainder_size,
}


def arithmetic_type(operator: type[exp.Expr], left: exp.DataType, right: exp.DataType) -> exp.DataType:
    """The type of a sum, product, ... of two numbers, or of a moment and an interval; UNKNOWN for anything else."""
    sides = (kind(left), kind(right))
    if any(side not in RANKS for side in sides):
        moments = [side for side in (left, right) if kind(side) in (D.DATE, D.TIMESTAMP, D.TIMESTAMPTZ)]
        return moments[0].copy() if len(moments) == 1 and D.INTERVAL in sides else UNKNOWN
    sizes = (as_decimal(left), as_decimal(right))
    if D.DECIMAL in sides and sizes[0] and sizes[1]:
        return decimal(*SIZES[operator](sizes[0], sizes[1]))
    return exp.DataType(this=max(sides, key=RANKS.index))


def _arithmetic(annotator: Any, node: exp.Binary) -> None:
    annotator._set_type(node, arithmetic_type(type(node), type_of(node.left), type_of(node.right)))


def _literal(annotator: Any, node: exp.Literal) -> None:
    annotator._set_type(node, exp.DataType(this=D.VARCHAR) if node.is_string else number_type(node.name))


def number_type(text: str) -> exp.DataType:
    if "e" in text.lower():
        return exp.DataType(this=D.DOUBLE)
    if "." in text:
        whole, fraction = text.split(".")
        return decimal(max(len(whole.lstrip("0")) + len(fraction), 1), len(fraction))
    return exp.DataType(this=D.INT if int(text) < 2**31 else D.BIGINT)


def _average(annotator: Any, node: exp.Avg) -> None:
    argument = type_of(unwrapped(node.this))
    annotator._set_type(node, argument.copy() if kind(argument) == D.DECIMAL else exp.DataType(this=D.DOUBLE))


def _total(annotator: Any, node: exp.Sum) -> None:
    argument = type_of(unwrapped(node.this))
    wide = {D.DECIMAL: decimal(MAX_PRECISION, decimal_size(argument)[1])} if kind(argument) == D.DECIMAL else {}
    integers = dict.fromkeys(INTEGER_DIGITS, exp.DataType(this=D.BIGINT))
    annotator._set_type(node, (integers | wide).get(kind(argument), argument.copy()))


def unwrapped(argument: exp.Expr) -> exp.Expr:
    """The value behind ``DISTINCT x`` or ``x ORDER BY y`` in an aggregate's parentheses."""
    if isinstance(argument, exp.Distinct):
        return cast(exp.Expr, argument.expressions[0])
    return cast(exp.Expr, argument.this) if isinstance(argument, exp.Order) else argument


def element_type(container: exp.DataType) -> exp.DataType:
    inner = container.expressions
    if not inner or kind(container) not in (D.ARRAY, D.LIST, D.MAP):
        return UNKNOWN
    return cast(exp.DataType, inner[-1]).copy()


def array_of(element: exp.DataType) -> exp.DataType:
    return exp.DataType(this=D.ARRAY, expressions=[element.copy()], nested=True)


def _map_of(arguments: list[exp.DataType]) -> exp.DataType:
    return exp.DataType(this=D.MAP, expressions=[element_type(a) for a in arguments], nested=True)


def _whole(arguments: list[exp.DataType]) -> exp.DataType:
    """floor, ceil, round to no digits: a decimal loses its scale, anything else keeps its type."""
    size = decimal_size(arguments[0]) if kind(arguments[0]) == D.DECIMAL else None
    return decimal(size[0] - size[1] + min(size[1], 1), 0) if size else arguments[0].copy()


RETURNS: dict[str, Callable[[list[exp.DataType]], exp.DataType]] = {
    "=0": lambda arguments: arguments[0].copy(),
    "=1": lambda arguments: arguments[1].copy(),
    "=2": lambda arguments: arguments[2].copy(),
    "[0": lambda arguments: array_of(arguments[0]),
    "]0": lambda arguments: element_type(arguments[0]),
    "[]0": lambda arguments: array_of(element_type(arguments[0])),
    "keys": lambda arguments: array_of((arguments[0].expressions or [UNKNOWN])[0]),
    "map": _map_of,
    "counts": lambda arguments: _map_of([array_of(arguments[0]), array_of(exp.DataType(this=D.BIGINT))]),
    "pairs": lambda arguments: _map_of([array_of(argument) for argument in arguments[:2]]),
    "quantile": lambda arguments: (
        exp.DataType(this=D.DOUBLE) if kind(arguments[0]) == D.DECIMAL else arguments[0].copy()
    ),
    "ceil": _whole,
}


def function_key(node: exp.Anonymous) -> str:
    """The function's key in the table; variadic functions have no number."""
    name = str(node.name).lower()
    return name if name in FUNCTIONS else f"{name}/{len(node.expressions)}"


def _function(annotator: Any, node: exp.Anonymous) -> None:
    found = FUNCTIONS.get(function_key(node))
    arguments = [type_of(unwrapped(argument)) for argument in node.expressions]
    if found is None:
        annotator._set_type(node, UNKNOWN)
    elif found.returns in RETURNS:
        annotator._set_type(node, RETURNS[found.returns](arguments))
    else:
        annotator._set_type(node, exp.DataType.build(found.returns, dialect="trino"))


def _subscript(annotator: Any, node: exp.Bracket) -> None:
    annotator._set_type(node, element_type(type_of(node.this)))


def _extract(annotator: Any, node: exp.Expr) -> None:
    annotator._set_type(node, exp.DataType(this=D.BIGINT))


def unnested_types(node: exp.Unnest) -> list[exp.DataType]:
    """The columns that UNNEST gives: two for a map, the fields for rows, one for any other array."""
    types: list[exp.DataType] = []
    for source in map(type_of, node.expressions):
        element = element_type(source)
        if kind(source) == D.MAP:
            types += [inner.copy() for inner in source.expressions]
        elif kind(element) == D.STRUCT:
            types += [field.args["kind"].copy() for field in element.expressions]
        else:
            types.append(element)
    return types


def _unnest(annotator: Any, node: exp.Unnest) -> None:
    names = node.alias_column_names
    fields = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=found)
        for name, found in zip(names, unnested_types(node), strict=False)
    ]
    annotator._set_type(node, exp.DataType(this=D.STRUCT, expressions=fields, nested=True))


ANNOTATORS: dict[type[exp.Expr], Annotator] = {
    **dict.fromkeys(SIZES, _arithmetic),
    exp.Literal: _literal,
    exp.Avg: _average,
    exp.Sum: _total,
    exp.Anonymous: _function,
    exp.Bracket: _subscript,
    exp.Extract: _extract,
    exp.StrPosition: _extract,
    exp.Unnest: _unnest,
    exp.AtTimeZone: lambda annotator, node: annotator._set_type(node, exp.DataType(this=D.TIMESTAMPTZ)),
    exp.Localtimestamp: lambda annotator, node: annotator._set_type(node, exp.DataType(this=D.TIMESTAMP)),
    exp.CurrentTimestamp: lambda annotator, node: annotator._set_type(node, exp.DataType(this=D.TIMESTAMPTZ)),
    exp.JSONValue: lambda annotator, node: annotator._set_type(node, exp.DataType(this=D.VARCHAR)),
}
METADATA: Any = {**Trino.EXPRESSION_METADATA, **{node: {"annotator": found} for node, found in ANNOTATORS.items()}}


def annotated(tree: exp.Query, schema: MappingSchema) -> exp.Query:
    """The (qualified) tree with a type on every expression."""
    return annotate_types(tree, schema=schema, expression_metadata=METADATA, dialect="trino")
