from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.errors import ServiceError
from local_aws.glue_jobs import jobs

NOW = datetime(2024, 12, 25, tzinfo=UTC)


def request(**fields: Any) -> dict[str, Any]:
    """A CreateJob that is accepted."""
    command = {"Name": "glueetl", "ScriptLocation": "s3://artifacts/job.py"}
    return {"Name": "job", "Role": "role", "GlueVersion": "5.1", "Command": command} | fields


def command(**fields: Any) -> dict[str, Any]:
    return {"Command": {"Name": "glueetl", "ScriptLocation": "s3://artifacts/job.py"} | fields}


def test_definition_is_accepted_as_the_builder_makes_it() -> None:
    made = jobs.definition(request(Description=None), NOW, NOW)
    assert (made["Name"], made["Timeout"], made["CreatedOn"]) == ("job", jobs.DEFAULT_TIMEOUT, NOW)
    assert "Description" not in made


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param(command(Name="pythonshell"), "Command.Name = 'pythonshell'", id="python shell"),
        pytest.param(command(PythonVersion="3.9"), "Command.PythonVersion", id="python version"),
        pytest.param(command(Runtime="Ray2.4"), "Command.Runtime", id="ray"),
        pytest.param({"MaxRetries": 1}, "MaxRetries = 1", id="retries"),
        pytest.param({"JobRunQueuingEnabled": True}, "JobRunQueuingEnabled", id="queuing"),
        pytest.param({"Connections": {"Connections": ["c"]}}, "Connections", id="connections"),
        pytest.param({"MaxCapacity": 10.0}, "MaxCapacity", id="capacity in units"),
        pytest.param({"MaintenanceWindow": "Sun:1"}, "MaintenanceWindow", id="unknown field"),
    ],
)
def test_what_the_engine_does_not_have_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ServiceError, match=named) as refused:
        jobs.definition(request(**fields), NOW, NOW)
    assert refused.value.code == "UnsupportedOperationException"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"GlueVersion": "4.0"}, "GlueVersion expects one of 5.0, 5.1", id="older glue"),
        pytest.param({"GlueVersion": None}, "GlueVersion expects a value", id="no version"),
        pytest.param({"Role": ""}, "Role", id="no role"),
        pytest.param(command(ScriptLocation="job.py"), "Command.ScriptLocation expects s3://", id="no s3"),
        pytest.param({"Command": {"Name": "glueetl"}}, "Command.ScriptLocation", id="no script"),
        pytest.param({"WorkerType": "G.99X"}, "WorkerType", id="worker type"),
        pytest.param({"NumberOfWorkers": 1}, "NumberOfWorkers expects a whole number of at least 2", id="workers"),
        pytest.param({"Timeout": 0}, "Timeout", id="timeout"),
        pytest.param({"ExecutionProperty": {"MaxConcurrentRuns": 0}}, "MaxConcurrentRuns", id="concurrency"),
        pytest.param({"DefaultArguments": {"day": "x"}}, "DefaultArguments", id="default arguments"),
    ],
)
def test_wrong_value_is_refused_with_what_was_expected(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ServiceError, match=named) as refused:
        jobs.definition(request(**fields), NOW, NOW)
    assert refused.value.code == "InvalidInputException"


def test_capacity_and_cores_follow_from_the_workers() -> None:
    made = jobs.definition(request(WorkerType="G.2X", NumberOfWorkers=3), NOW, NOW)
    assert (made["AllocatedCapacity"], made["MaxCapacity"], jobs.cores(made)) == (6, 6.0, 24)
