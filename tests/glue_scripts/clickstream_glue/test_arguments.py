from datetime import date

import pytest

from clickstream_glue.arguments import (
    CatchUpArguments,
    JobArguments,
    RejudgeArguments,
    parse,
    parse_arguments,
    parse_catch_up,
    parse_rejudge,
    present,
)

GIVEN = {
    "raw_uri": "s3://raw-b/",
    "processed_uri": "s3://processed-b/",
    "work_uri": "s3://work-b/",
    "arrival_date": "2026-03-05",
    "JOB_RUN_ID": "jr_1",
}
DEPLOYMENT = {"environment": "dev", "account_id": "123456789012", "region": "eu-west-1", "JOB_RUN_ID": "jr_1"}


def test_arguments_name_buckets_day_and_run() -> None:
    arguments = parse_arguments(GIVEN)
    assert (arguments.raw_bucket, arguments.processed_bucket, arguments.work_bucket) == (
        "raw-b",
        "processed-b",
        "work-b",
    )
    assert (arguments.arrival_day, arguments.run_id) == (date(2026, 3, 5), "2026-03-05-jr_1")
    assert (arguments.allow_empty, arguments.max_quarantined_share) == (False, 0.05)


@pytest.mark.parametrize("name", ["raw_uri", "processed_uri", "work_uri", "arrival_date"])
def test_missing_argument_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"--{name} is missing"):
        parse_arguments({key: value for key, value in GIVEN.items() if key != name})


def test_missing_day_is_explained() -> None:
    with pytest.raises(ValueError, match="--arrival_date YYYY-MM-DD"):
        parse_arguments(GIVEN | {"arrival_date": None})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arrival_date": "2026-02-30"}, "real date"),
        ({"raw_uri": "raw-b"}, "s3://<bucket>/<key>"),
        ({"raw_uri": "s3://raw-b/events/"}, "--raw_uri: expected a whole bucket"),
        ({"JOB_RUN_ID": "a/b"}, "Glue job run id"),
        ({"JOB_RUN_ID": None}, "Glue job run id"),
        ({"allow_empty": "yes"}, "--allow_empty: expected true or false"),
        ({"max_quarantined_share": "5"}, "--max_quarantined_share: expected a share"),
        ({"max_quarantined_share": "nan"}, "--max_quarantined_share: expected a share"),
        ({"max_quarantined_share": "many"}, "--max_quarantined_share: expected a share"),
    ],
)
def test_malformed_argument_is_refused(change: dict[str, str | None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_arguments(GIVEN | change)


def test_optional_arguments_are_read() -> None:
    arguments = parse_arguments(GIVEN | {"allow_empty": "True", "max_quarantined_share": "0"})
    assert (arguments.allow_empty, arguments.max_quarantined_share) == (True, 0.0)


def test_only_arguments_on_the_command_line_are_asked_for() -> None:
    argv = ["script", "--JOB_NAME", "j", "--raw_uri", "s3://b/", "--arrival_date=2026-03-05", "--arrival_dates", "x"]
    assert present(argv) == ["raw_uri", "arrival_date"]


def test_a_day_makes_day_mode_whatever_else_the_job_has_by_default() -> None:
    assert parse(GIVEN | DEPLOYMENT) == parse_arguments(GIVEN)


def test_without_a_day_the_job_catches_up() -> None:
    by_default = {name: value for name, value in GIVEN.items() if name != "arrival_date"}
    arguments = parse(by_default | DEPLOYMENT)
    assert isinstance(arguments, CatchUpArguments)
    assert arguments.settings.name("glue_job") == "clickstream-etl-dev"


@pytest.mark.parametrize("day", ["", None])
def test_an_empty_day_is_no_catch_up(day: str | None) -> None:
    """A DAG that rendered nothing must not start another mode."""
    with pytest.raises(ValueError, match="--arrival_date is missing"):
        parse(GIVEN | DEPLOYMENT | {"arrival_date": day})


def test_each_day_of_a_catch_up_is_a_run_of_its_own_in_the_deployments_buckets() -> None:
    arguments = parse_catch_up(DEPLOYMENT | {"allow_empty": "true", "max_quarantined_share": "0.5"})
    assert arguments.of_day(date(2026, 3, 5)) == JobArguments(
        raw_bucket="clickstream-raw-dev-123456789012",
        processed_bucket="clickstream-processed-dev-123456789012",
        work_bucket="clickstream-work-dev-123456789012",
        arrival_day=date(2026, 3, 5),
        run_id="2026-03-05-jr_1",
        allow_empty=True,
        max_quarantined_share=0.5,
    )


@pytest.mark.parametrize("name", ["environment", "account_id", "region"])
def test_a_missing_argument_of_catch_up_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"the job argument --{name} is not set"):
        parse_catch_up({key: value for key, value in DEPLOYMENT.items() if key != name})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"region": "Ireland"}, "the job argument --region: expected an AWS region"),
        ({"max_quarantined_share": "5"}, "--max_quarantined_share: expected a share"),
        ({"allow_empty": "yes"}, "--allow_empty: expected true or false"),
    ],
)
def test_a_malformed_argument_of_catch_up_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_catch_up(DEPLOYMENT | change)


REJUDGE = DEPLOYMENT | {"rejudge": "2026-03-05-jr_1,2026-03-06-jr_2", "reasons": "invalid_price,malformed_json"}


def test_runs_to_judge_again_make_rejudge_mode() -> None:
    arguments = parse(REJUDGE)
    assert isinstance(arguments, RejudgeArguments)
    assert arguments.runs == ("2026-03-05-jr_1", "2026-03-06-jr_2")
    assert arguments.reasons == ("invalid_price", "malformed_json")
    assert arguments.job_run_id == "jr_1"


@pytest.mark.parametrize("reasons", ["all", "", None])
def test_no_reasons_are_all_of_them(reasons: str | None) -> None:
    assert parse_rejudge(REJUDGE | {"reasons": reasons}).reasons == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rejudge": ""}, "--rejudge is missing"),
        ({"rejudge": None}, "--rejudge is missing"),
        ({"rejudge": "2026-03-05"}, "expected a run id"),
        ({"rejudge": "../x"}, "expected a run id"),
        ({"reasons": "invalid price"}, "expected reasons such as"),
        ({"arrival_date": "2026-03-05"}, "expected one of --arrival_date and --rejudge, got both"),
        ({"account_id": None}, "the job argument --account_id is not set"),
    ],
)
def test_malformed_arguments_of_rejudge_are_refused(change: dict[str, str | None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(REJUDGE | change)
