"""From names to tables: lower case, CTEs told from tables, views put in as subqueries, columns qualified."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from local_aws.athena.catalog import CATALOG, PATH_COLUMN, Catalog, Table
from local_aws.athena.failures import QueryFailed, failed
from local_aws.athena.grammar import parse, require_known
from local_aws.athena.views import View

MAX_VIEW_DEPTH = 16


def output_names(query: exp.Query) -> dict[str, str]:
    """Lower-cased to written name of the outermost columns: Athena's header keeps the case of the query."""
    return {name.lower(): name for item in query.selects if (name := item.alias or _column_name(item))}


def _column_name(item: exp.Expr) -> str:
    return item.name if isinstance(item, exp.Column) and not isinstance(item.this, exp.Star) else ""


def lower_names(tree: exp.Query) -> None:
    """Trino's names have no case, quoted or not; unnamed columns are called _col0, _col1, ..."""
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.this.lower())
        identifier.set("quoted", True)
    for select in tree.find_all(exp.Select):
        select.set("expressions", [_named(item, place) for place, item in enumerate(select.expressions)])


def is_named(item: exp.Expr) -> bool:
    return isinstance(item, exp.Alias | exp.Column | exp.Star | exp.Dot)


def _named(item: exp.Expr, place: int) -> exp.Expr:
    return item if is_named(item) else exp.alias_(item.copy(), f"_col{place}", quoted=True)


def resolve_tables(tree: exp.Query, catalog: Catalog, database: str, depth: int = 0) -> dict[str, Table]:
    """Qualifies every table of the tree in place, puts views in, and returns the tables by ``database.name``."""
    if depth > MAX_VIEW_DEPTH:
        raise QueryFailed("INVALID_VIEW", f"views are nested more than {MAX_VIEW_DEPTH} deep: do they name each other?")
    tables: dict[str, Table] = {}
    for node in list(tree.find_all(exp.Table)):
        if not isinstance(node.this, exp.Identifier) or _is_cte(node):
            continue
        found = _resolve(node, catalog, database)
        if isinstance(found, View):
            tables |= _put_in(node, found, catalog, depth)
        else:
            tables[f"{found.database}.{found.name}"] = found
    return tables


def _resolve(node: exp.Table, catalog: Catalog, database: str) -> Table | View:
    if node.catalog not in ("", CATALOG):
        raise failed("CATALOG_NOT_FOUND", f"Catalog '{node.catalog}' does not exist", node)
    if not node.args.get("alias"):
        node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name, quoted=True)))
    if not node.db:
        node.set("db", exp.to_identifier(database, quoted=True))
    node.set("catalog", exp.to_identifier(CATALOG, quoted=True))
    return catalog.resolve(node.db, node.name, node)


def _put_in(node: exp.Table, view: View, catalog: Catalog, depth: int) -> dict[str, Table]:
    query = parse_query(view.sql)
    tables = resolve_tables(query, catalog, view.schema, depth + 1)
    names = [exp.to_identifier(name, quoted=True) for name, _ in view.columns]
    alias = exp.TableAlias(this=node.args["alias"].this, columns=node.args["alias"].columns or names)
    node.replace(exp.Subquery(this=query, alias=alias))
    return tables


def parse_query(sql: str) -> exp.Query:
    """A query that is known, with lower-case names; fails where the text is no query."""
    tree = parse(sql)
    if not isinstance(tree, exp.Query):
        raise failed("SYNTAX_ERROR", "expected a query", tree)
    require_known(tree)
    lower_names(tree)
    return tree


def _is_cte(table: exp.Table) -> bool:
    return not table.db and any(name == table.name for name in _visible_ctes(table))


def _visible_ctes(table: exp.Table) -> Iterator[str]:
    """A CTE sees those before it and those of the queries around it, never itself."""
    inside: exp.Expr = table
    for ancestor in _ancestors(table):
        ctes = ancestor.expressions if isinstance(ancestor, exp.With) else _own_ctes(ancestor, inside)
        for cte in ctes:
            if cte is inside:
                break
            yield cte.alias
        inside = ancestor


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node


def _own_ctes(query: exp.Expr, inside: exp.Expr) -> list[exp.CTE]:
    clause = query.args.get("with_")
    return clause.expressions if clause is not None and clause is not inside else []


def qualified(tree: exp.Query, tables: dict[str, Table]) -> tuple[exp.Query, MappingSchema]:
    """Every column with its table, stars expanded; COLUMN_NOT_FOUND where a name is none."""
    schema = _schema(tables)
    try:
        tree = qualify(
            tree, dialect="trino", schema=schema, expand_alias_refs=False, validate_qualify_columns=True, identify=True
        )
    except OptimizeError as error:
        raise _not_found(str(error)) from error
    _require_qualified(tree)
    return tree, schema


def _require_qualified(tree: exp.Query) -> None:
    """Only a query's own ORDER BY may name its columns; DuckDB would let HAVING and GROUP BY do it too."""
    for column in tree.find_all(exp.Column):
        order = column.find_ancestor(exp.Order)
        if not column.table and not (order and isinstance(order.parent, exp.Query)):
            raise failed("COLUMN_NOT_FOUND", f"Column '{column.name}' cannot be resolved", column)


def _schema(tables: dict[str, Table]) -> MappingSchema:
    columns: dict[str, dict[str, dict[str, str]]] = {}
    visible: dict[str, dict[str, list[str]]] = {}
    for table in tables.values():
        columns.setdefault(table.database, {})[table.name] = table.schema | {PATH_COLUMN: "varchar"}
        visible.setdefault(table.database, {})[table.name] = list(table.schema)
    return MappingSchema({CATALOG: columns}, visible={CATALOG: visible}, dialect="trino", normalize=False)


def _not_found(message: str) -> QueryFailed:
    """sqlglot's "Column 'x' could not be resolved. Line: 1, Col: 8" in Athena's words."""
    text, _, place = message.partition(". Line: ")
    line, _, column = place.partition(", Col: ")
    name = text.split("'")[1] if text.count("'") > 1 else " "
    where = f"line {line}:{int(column) - len(name) + 1}: " if column.isdigit() else ""
    return QueryFailed("COLUMN_NOT_FOUND", where + text.replace("could not be", "cannot be"))
