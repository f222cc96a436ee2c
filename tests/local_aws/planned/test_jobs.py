from clickstream_glue.arguments import CatchUpArguments, JobArguments, parse
from local_aws.glue_jobs.arguments import script_arguments
from local_aws.planned.account import Account
from local_aws.planned.creators import prepared_arguments
from local_aws.planned.plan import planned_resources
from local_aws.stack import local_settings


def parsed(**run: str) -> JobArguments | CatchUpArguments:
    """What the job's script makes of the planned default arguments and a run's own."""
    (job,) = [one for one in planned_resources() if one.type == "aws_glue_job"]
    defaults = prepared_arguments(job, Account("http://127.0.0.1:1"))["DefaultArguments"]
    words = script_arguments({**defaults, **{f"--{name}": value for name, value in run.items()}}, {})
    return parse(
        {"JOB_RUN_ID": "jr_1"} | {name[2:]: value for name, value in zip(words[::2], words[1::2], strict=True)}
    )


def test_with_a_day_the_planned_job_works_on_that_days_buckets() -> None:
    arguments = parsed(arrival_date="2024-12-25")
    assert isinstance(arguments, JobArguments)
    assert arguments.raw_bucket == local_settings().name("raw_bucket")


def test_without_a_day_the_planned_job_catches_up_in_its_own_environment() -> None:
    arguments = parsed()
    assert isinstance(arguments, CatchUpArguments)
    assert arguments.settings == local_settings()
