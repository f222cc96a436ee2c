"""The janitor as a task, against the local AWS."""

import pytest
from botocore.exceptions import ClientError

from clickstream import janitor, layout
from clickstream.janitor import JanitorIncomplete
from clickstream.publication import publish
from clickstream_airflow import janitor as operator_module
from clickstream_airflow.janitor import CleanOperator
from tests.dags.clickstream.test_janitor import in_days, keys
from tests.dags.clickstream.test_late_rows import THIRD, run_of, shown
from tests.plugins.clickstream_airflow.tasks import finish


@pytest.fixture
def catalog(stack):
    """Of two runs of a day the second is visible; it is as if the first had been superseded eight days ago."""
    for job_run, rows in (("jr_1", ["a"]), ("jr_2", ["a", "b"])):
        publish(stack.catalog, {THIRD: run_of(stack.catalog, THIRD, {THIRD: rows}, job_run)})
    return stack.catalog


@pytest.fixture
def later(monkeypatch):
    """The operator's clock is eight days ahead."""

    class Clock:
        @staticmethod
        def now(zone):
            return in_days(8)

    monkeypatch.setattr(operator_module, "datetime", Clock)


def clean():
    return finish(CleanOperator(task_id="clean"))


def test_what_was_superseded_long_ago_goes_and_the_table_stays(catalog, later, caplog):
    with caplog.at_level("INFO"):
        done = clean()
    assert (done["retired"], done["files"]) == (1, 1)
    assert shown(catalog) == {str(THIRD): ["a", "b"]}
    assert not [key for key in keys(catalog) if layout.run_of_file(key) == f"{THIRD}-jr_1"]


def test_what_was_superseded_now_stays(catalog):
    before = keys(catalog)
    assert clean() == {"retired": 0, "files": 0, "snapshots": 0}
    assert keys(catalog) == before


def test_bundles_that_aws_refuses_leave_the_task_green(catalog, later, monkeypatch, capsys):
    def refuse(*_):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    monkeypatch.setattr(operator_module, "write_bundles", refuse)
    assert clean()["retired"] == 1
    assert "AccessDenied" in capsys.readouterr().out


def test_what_s3_kept_fails_the_task_and_may_be_tried_again(catalog, later, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(janitor, "_delete_page", lambda catalog, bucket, keys: [f"{key}: AccessDenied" for key in keys])
        with pytest.raises(JanitorIncomplete, match="AccessDenied"):
            clean()
    assert clean()["files"] == 1
