"""The gate behind the crawl, on the local catalog."""

from datetime import date

import pytest
from airflow.sdk.exceptions import TaskDeferred

from clickstream import layout
from clickstream.settings import table
from clickstream_airflow.partition import AwaitPartitionSensor, needed_partition
from local_aws.stack import Stack
from tests.dags.clickstream.builders import RUN, ledger
from tests.plugins.clickstream_airflow.tasks import called_as_task


def write(stack: Stack, **fields: object) -> None:
    body = ledger(**fields).to_json().encode()
    stack.client("s3").put_object(Bucket=stack.name("work_bucket"), Key=layout.ledger_key(RUN), Body=body)


def gate() -> None:
    task = AwaitPartitionSensor(task_id="await_partition", run=RUN, timeout=600)
    called_as_task(task, task.execute, {})


@pytest.mark.slow
def test_a_partition_that_is_missing_is_waited_for_and_one_that_is_there_is_not(stack: Stack) -> None:
    write(stack)
    with pytest.raises(TaskDeferred):
        gate()
    partition = {"Values": list(layout.partition_values(date(2024, 12, 25))), "StorageDescriptor": {}}
    stack.client("glue").create_partition(
        DatabaseName=stack.name("database"), TableName=table("generations"), PartitionInput=partition
    )
    gate()


def test_a_run_without_rows_of_its_own_day_waits_for_nothing(stack: Stack) -> None:
    write(stack, main_rows=0)
    assert needed_partition(RUN, "aws_default") is None
    gate()
