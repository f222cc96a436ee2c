"""``python -m local_airflow.answers [SQL]``: asks the local Athena as an analyst would; without SQL all of sql/."""

import argparse
import os
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from clickstream.athena import Answer
from clickstream.publication import Catalog
from local_airflow import analyst
from local_airflow.progress import console
from local_aws.__main__ import DEFAULT_PORT
from local_aws.safety import clear_aws_environment

ROWS_SHOWN = 12


def show_answer(out: Console, catalog: Catalog, sql: str) -> None:
    """Asks, and prints the first rows."""
    rows = catalog.ask(sql)
    out.print(answer_table(rows) if rows else "(no rows)")
    if len(rows) > ROWS_SHOWN:
        out.print(f"... and {len(rows) - ROWS_SHOWN} more rows", highlight=False)


def show_samples(out: Console, catalog: Catalog) -> None:
    """Every sample query, with what it asks."""
    for path in analyst.sample_queries():
        out.print(f"\n{analyst.question(path)}\n[dim]sql/{path.name}[/]", highlight=False)
        show_answer(out, catalog, path.read_text(encoding="utf-8"))


def answer_table(rows: Answer) -> Table:
    """The first rows; values as they are, whatever markup they hold."""
    table = Table(*rows[0])
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*map(Text, row.values()))
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m local_airflow.answers", description=__doc__)
    parser.add_argument("sql", nargs="?", default=os.environ.get("SQL"), help="default: the variable SQL")
    parser.add_argument("--aws-port", type=int, default=DEFAULT_PORT, help="of the local AWS (%(default)s)")
    options = parser.parse_args(arguments)
    clear_aws_environment(os.environ)
    from local_aws.stack import Stack  # boto3 reads the environment

    catalog = Stack(f"http://127.0.0.1:{options.aws_port}").catalog
    if options.sql:
        show_answer(console(), catalog, options.sql)
    else:
        show_samples(console(), catalog)


if __name__ == "__main__":
    main()
