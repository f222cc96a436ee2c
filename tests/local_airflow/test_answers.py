import io

import pytest
from rich.console import Console

from local_airflow import analyst, answers
from local_aws.stack import Stack


class Asked:
    """A catalog that answers each question with so many rows."""

    def __init__(self, rows):
        self.rows, self.questions = rows, []

    def ask(self, sql):
        self.questions.append(sql)
        return [{"name": f"[b]{number}[/b]", "none": ""} for number in range(self.rows)]


def shown(rows, show=lambda out, catalog: answers.show_answer(out, catalog, "SELECT 1")):
    out, catalog = io.StringIO(), Asked(rows)
    show(Console(file=out, width=100), catalog)
    return out.getvalue(), catalog


def test_values_are_shown_as_they_are_whatever_markup_they_hold():
    assert "[b]0[/b]" in shown(1)[0]


@pytest.mark.parametrize(("rows", "said"), [(0, "(no rows)"), (answers.ROWS_SHOWN + 3, "... and 3 more rows")])
def test_no_rows_and_many_rows_are_said(rows, said):
    assert said in shown(rows)[0]


def test_without_a_question_all_samples_are_asked():
    text, catalog = shown(1, answers.show_samples)
    assert catalog.questions == [path.read_text() for path in analyst.sample_queries()]
    assert all(f"sql/{path.name}" in text for path in analyst.sample_queries())


@pytest.mark.parametrize("given", ["argument", "variable"])
def test_a_question_is_answered_by_the_local_athena(local_aws, capsys, monkeypatch, given):
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    sql = "SELECT 40 + 2 AS answer"
    monkeypatch.setenv("SQL", sql)
    port = ["--aws-port", local_aws.endpoint_url.rpartition(":")[2]]
    answers.main([sql, *port] if given == "argument" else port)
    assert "42" in capsys.readouterr().out
