"""Which conditions of a query may be applied to a table's partitions before anything is listed or read.

A condition is handed down from a WHERE, the ON of an inner join, or, to its own table, that of a LEFT JOIN, through
derived tables, views, CTEs that are used once and set operations, but only where dropping rows early changes nothing:
never through LIMIT, window functions or aggregation (unless it is on a grouping key), and never to the side of an outer
join that may be filled with NULLs. What cannot be handed down is simply not used: then more partitions are read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlglot import exp

Conditions = list[exp.Expr]
BARRIERS = (exp.Subquery, exp.Select, exp.Window, exp.AggFunc, exp.Rand, exp.Unnest)


class Pruning:
    """``conditions[id(table node)]``: what may be asked of that table, in its own columns. The tree is qualified."""

    def __init__(self, tree: exp.Query) -> None:
        self.conditions: dict[int, Conditions] = {}
        self._bodies = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
        uses = Counter(table.name for table in tree.find_all(exp.Table) if not table.db)
        names = Counter(cte.alias for cte in tree.find_all(exp.CTE))
        self._used_once = {name for name in self._bodies if uses[name] == 1 and names[name] == 1}
        self._visit(tree, [])

    def _visit(self, query: exp.Expr, incoming: Conditions) -> None:
        query = query.unnest()
        if isinstance(query, exp.SetOperation):
            self._visit_sides(query, incoming)
        elif isinstance(query, exp.Select):
            self._visit_select(query, incoming)

    def _visit_sides(self, query: exp.SetOperation, incoming: Conditions) -> None:
        if query.args.get("limit") or query.args.get("offset"):
            incoming = []
        names = query.named_selects
        for side in (query.left, query.right):
            places = dict(zip(names, side.named_selects, strict=False))
            self._visit(side, [_renamed(condition, places) for condition in incoming])

    def _visit_select(self, select: exp.Select, incoming: Conditions) -> None:
        where = select.args.get("where")
        usable = [*_conjuncts(where.this if where else None), *_handed_down(select, incoming)]
        for join in select.args.get("joins") or []:
            usable += _conjuncts(join.args.get("on")) if join.side == "" else []
        for source, extra, may_be_null in _sources(select):
            conditions = extra if may_be_null else [*usable, *extra]
            self._visit_source(source, [c for c in conditions if _only_about(c, source.alias_or_name)])

    def _visit_source(self, source: exp.Expr, conditions: Conditions) -> None:
        if isinstance(source, exp.Subquery):
            self._visit(source.this, conditions)
        elif isinstance(source, exp.Table) and source.db:
            self.conditions[id(source)] = conditions
        elif isinstance(source, exp.Table) and source.name in self._used_once:
            self._visit(self._bodies[source.name], conditions)


def _sources(select: exp.Select) -> Iterator[tuple[exp.Expr, Conditions, bool]]:
    """(source, conditions of its own ON, whether an outer join may fill it with NULLs)."""
    joins: list[exp.Join] = select.args.get("joins") or []
    fills_left = [join.side in ("RIGHT", "FULL") for join in joins]
    if select.args.get("from_"):
        yield select.args["from_"].this, [], any(fills_left)
    for number, join in enumerate(joins):
        later = any(fills_left[number + 1 :])
        filled = join.side in ("LEFT", "FULL") or later
        usable_on = join.side == "LEFT" and not later
        yield join.this, list(_conjuncts(join.args.get("on"))) if usable_on else [], filled


def _conjuncts(condition: exp.Expr | None) -> Iterable[exp.Expr]:
    if condition is None:
        return []
    condition = condition.unnest()
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _only_about(condition: exp.Expr, alias: str) -> bool:
    columns = list(condition.find_all(exp.Column))
    return bool(columns) and all(c.table == alias for c in columns) and not condition.find(*BARRIERS)


def _handed_down(select: exp.Select, incoming: Conditions) -> Conditions:
    if not incoming or select.args.get("limit") or select.args.get("offset") or select.find(exp.Window):
        return []
    plain = {item.alias_or_name: item.unalias() for item in select.selects if isinstance(item.unalias(), exp.Column)}
    if select.args.get("group") or any(item.find(exp.AggFunc) for item in select.selects):
        keys = _plain_keys(select.args.get("group"))
        plain = {name: column for name, column in plain.items() if column in keys}
    return [_replaced(c, plain) for c in incoming if all(col.name in plain for col in c.find_all(exp.Column))]


def _plain_keys(group: exp.Expr | None) -> list[exp.Expr]:
    """GROUP BY's columns; none with ROLLUP, CUBE or GROUPING SETS, whose totals have NULL in them."""
    if not group or any(group.args.get(name) for name in ("grouping_sets", "cube", "rollup")):
        return []
    return list(group.expressions)


def _replaced(condition: exp.Expr, columns: dict[str, exp.Expr]) -> exp.Expr:
    def swap(node: exp.Expr) -> exp.Expr:
        return columns[node.name].copy() if isinstance(node, exp.Column) else node

    return condition.copy().transform(swap)


def _renamed(condition: exp.Expr, names: dict[str, str]) -> exp.Expr:
    return _replaced(condition, {old: exp.column(new, quoted=True) for old, new in names.items()})
