"""The entry script, with stand-ins for what only Glue has."""

import ast
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import clickstream_transform
import pytest

import clickstream
from clickstream.catch_up import CatchUpFailed
from clickstream_glue import catch_up, metrics, rejudge
from clickstream_glue import run as job
from clickstream_glue.arguments import CatchUpArguments

SOURCE = Path(clickstream_transform.__file__)
ARGV = [
    "script",
    "--JOB_NAME",
    "etl",
    "--JOB_RUN_ID",
    "jr_1",
    "--raw_uri",
    "s3://raw-b/",
    "--processed_uri",
    "s3://processed-b/",
    "--work_uri",
    "s3://work-b/",
]
DEPLOYMENT = ["--environment", "dev", "--account_id", "123456789012", "--region", "eu-west-1"]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the script did, in order: the run's arguments, then ``commit``."""
    did: list[Any] = []
    job_type = SimpleNamespace(init=lambda name, options: did.append(name), commit=lambda: did.append("commit"))
    glue = SimpleNamespace(spark_session=None, get_logger=lambda: SimpleNamespace(info=print))
    fakes = {
        "awsglue": {},
        "awsglue.context": {"GlueContext": lambda context: glue},
        "awsglue.job": {"Job": lambda context: job_type},
        "awsglue.utils": {
            "getResolvedOptions": lambda argv, names: {
                name: argv[argv.index(f"--{name}") + 1] for name in [*names, "JOB_RUN_ID"]
            }
        },
    }
    for name, members in fakes.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("pyspark.SparkContext.getOrCreate", lambda: None)
    monkeypatch.setattr("boto3.client", lambda service: MagicMock())
    monkeypatch.setattr(job, "run_day", lambda run: did.append(run.arguments) or "ledger")
    monkeypatch.setattr(metrics, "report", lambda ledger, options, log: did.append((ledger, options["arrival_date"])))
    monkeypatch.setattr(catch_up, "run_catch_up", lambda glue, arguments, log: did.append(arguments))
    monkeypatch.setattr(rejudge, "run_rejudge", lambda glue, arguments, log: did.append(arguments))
    return did


def test_day_is_run_and_then_the_job_is_committed(done: list[Any]) -> None:
    clickstream_transform.main([*ARGV, "--arrival_date", "2026-03-05", "--allow_empty", "true"])
    name, arguments, told, end = done
    assert (name, end) == ("etl", "commit")
    assert told == ("ledger", "2026-03-05")
    assert (arguments.run_id, arguments.allow_empty) == ("2026-03-05-jr_1", True)


def test_without_a_day_the_job_catches_up_and_commits_the_bookmark_last(done: list[Any]) -> None:
    clickstream_transform.main([*ARGV, *DEPLOYMENT])
    name, arguments, end = done
    assert (name, end) == ("etl", "commit")
    assert isinstance(arguments, CatchUpArguments)
    assert arguments.job_run_id == "jr_1"


def test_with_runs_to_judge_again_the_job_does_just_that(done: list[Any]) -> None:
    clickstream_transform.main([*ARGV, *DEPLOYMENT, "--rejudge", "2026-03-05-jr_9"])
    name, arguments, end = done
    assert (name, end) == ("etl", "commit")
    assert arguments.runs == ("2026-03-05-jr_9",)


def test_missing_argument_fails_before_anything_starts(done: list[Any]) -> None:
    with pytest.raises(ValueError, match="the job argument --environment is not set"):
        clickstream_transform.main(ARGV)
    assert done == []


def test_failed_catch_up_is_not_committed(done: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise CatchUpFailed("no")

    monkeypatch.setattr(catch_up, "run_catch_up", fail)
    with pytest.raises(CatchUpFailed):
        clickstream_transform.main([*ARGV, *DEPLOYMENT])
    assert "commit" not in done


def test_failed_run_is_not_committed(done: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise job.RefusedRun("no")

    monkeypatch.setattr(job, "run_day", fail)
    with pytest.raises(job.RefusedRun):
        clickstream_transform.main([*ARGV, "--arrival_date", "2026-03-05"])
    assert "commit" not in done


def test_script_imports_nothing_that_only_glue_has() -> None:
    imports = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [alias.name for node in imports for alias in node.names] == ["sys"]


def test_all_of_the_library_is_python_3_11() -> None:
    """Glue's; what no job imports there is in its zip all the same."""
    library = [Path(clickstream.__file__).parent, SOURCE.parent]
    files = [file for folder in library for file in folder.rglob("*.py")]
    assert len(files) > 50
    for file in files:
        ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=(3, 11))
