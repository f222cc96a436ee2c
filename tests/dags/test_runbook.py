"""docs/runbook.md: each task of each DAG has its paragraph, and its queries are real ones."""

import re

import pytest

from clickstream_airflow import alerts
from local_airflow.environment import REPOSITORY
from local_aws.stack import Stack
from tests.dags.test_dags import DAGS

TEXT = (REPOSITORY / alerts.RUNBOOK).read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)\n```", TEXT, re.MULTILINE | re.DOTALL)


def paragraphs(dag_id: str) -> dict[str, str]:
    """The text of each heading of a DAG's section."""
    (section,) = re.findall(rf"^## {dag_id}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", section, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_has_its_paragraph_and_no_other_has(bag, dag_id):
    dag = bag.dags[dag_id]
    found = paragraphs(dag_id)
    assert set(found) == {task.task_id for task in dag.tasks} | ({"deadline"} if dag.deadline else set())
    assert all(len(text.split()) > 15 for text in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: re.findall(r"FROM (\w+)", query)[0])
def test_the_queries_can_be_asked(local_aws, query):
    stack = Stack(local_aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    assert stack.catalog.ask(query) == []
    assert len(QUERIES) >= 4
