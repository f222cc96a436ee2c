"""From Athena's SQL to what DuckDB executes: a list of table scans and one SQL text over them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

from local_aws.athena.catalog import Catalog, Table
from local_aws.athena.dialect import AthenaOnDuckDB
from local_aws.athena.names import lower_names, output_names, qualified, resolve_tables
from local_aws.athena.pruning import Pruning
from local_aws.athena.relations import Scan
from local_aws.athena.strict import check_types
from local_aws.athena.types import D, kind
from local_aws.athena.typing import annotated, type_of


@dataclass(frozen=True)
class Translated:
    """``sql`` reads the views ``scan_0``, ``scan_1``, ...; ``names`` and ``types`` are those of its columns."""

    sql: str
    scans: tuple[Scan, ...]
    names: tuple[str, ...]
    types: tuple[exp.DataType, ...]


def translate(query: exp.Query, catalog: Catalog, database: str) -> Translated:
    """The query must have passed :func:`grammar.require_known`; fails as Athena would."""
    written = output_names(query)
    lower_names(query)
    tables = resolve_tables(query, catalog, database.lower())
    tree, schema = qualified(query, tables)
    tree = annotated(tree, schema)
    check_types(tree)
    nodes = [node for node in tree.find_all(exp.Table) if node.db]
    scans = _scans(tree, nodes, tables, schema)
    names = tuple(written.get(name, name) for name in tree.named_selects)
    types = tuple(type_of(item) for item in tree.selects)
    for number, node in enumerate(nodes):
        node.replace(exp.Table(this=exp.to_identifier(f"scan_{number}"), alias=node.args["alias"]))
    _exact_averages(tree)
    return Translated(tree.sql(AthenaOnDuckDB), scans, names, types)


def _scans(
    tree: exp.Query, nodes: list[exp.Table], tables: dict[str, Table], schema: MappingSchema
) -> tuple[Scan, ...]:
    conditions = Pruning(tree).conditions
    columns = _read_columns(tree, nodes, schema)
    scans = []
    for number, node in enumerate(nodes):
        table = tables[f"{node.db}.{node.name}"]
        asked = _on_keys(table, conditions.get(id(node), []))
        scans.append(Scan(table, tuple(asked), frozenset(columns[number])))
    return tuple(scans)


def _on_keys(table: Table, conditions: list[exp.Expr]) -> Iterator[str]:
    keys = {key.name for key in table.keys}
    for condition in conditions:
        if all(column.name in keys for column in condition.find_all(exp.Column)):
            yield f"({condition.transform(_without_table).sql(AthenaOnDuckDB)})"


def _without_table(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Column):
        return node
    column = exp.column(node.name, quoted=True)
    column.type = node.type
    return column


def _read_columns(tree: exp.Query, nodes: list[exp.Table], schema: MappingSchema) -> list[set[str]]:
    """Per table the columns that the query cannot do without, as Athena's optimizer would leave them."""
    for number, node in enumerate(nodes):
        node.meta["scan"] = number
    read: list[set[str]] = [set() for _ in nodes]
    for scope in traverse_scope(pushdown_projections(tree.copy())):
        for alias, source in scope.sources.items():
            if isinstance(source, exp.Table) and "scan" in source.meta:
                read[source.meta["scan"]] |= {column.name for column in scope.columns if column.table == alias}
    return read


def _exact_averages(tree: exp.Query) -> None:
    """avg of a decimal is its sum divided by its count, exactly; DuckDB would calculate with doubles."""
    for average in [node for node in tree.find_all(exp.Avg) if kind(type_of(node)) == D.DECIMAL]:
        whole: exp.Expr = average
        while isinstance(whole.parent, exp.Filter | exp.Window) and whole.arg_key == "this":
            whole = whole.parent
        _replace_average(whole, average)


def _replace_average(whole: exp.Expr, average: exp.Avg) -> None:
    scale = type_of(average)
    total, count = _with(whole, average, exp.Sum), _with(whole, average, exp.Count)
    total.type = exp.DataType.build(f"decimal(38, {scale.expressions[1].name})")
    count.type = exp.DataType(this=D.BIGINT)
    quotient = exp.Div(this=total, expression=exp.func("NULLIF", count, exp.Literal.number(0)))
    quotient.expression.type = exp.DataType(this=D.BIGINT)
    quotient.type = scale
    whole.replace(exp.Paren(this=quotient))


def _with(whole: exp.Expr, average: exp.Avg, aggregate: type[exp.AggFunc]) -> exp.Expr:
    copy = whole.copy()
    found = copy if isinstance(copy, exp.Avg) else next(iter(copy.find_all(exp.Avg)))
    replacement = aggregate(this=found.this)
    if found is copy:
        return replacement
    found.replace(replacement)
    return copy
