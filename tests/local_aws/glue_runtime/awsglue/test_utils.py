import pytest

from local_aws.glue_runtime.awsglue.utils import GlueArgumentError, getResolvedOptions

ARGV = ["job.py", "--JOB_NAME", "j", "--JOB_RUN_ID", "jr_1", "--day", "2024-12-25", "--unknown", "x"]


def test_asked_options_come_with_glues_own() -> None:
    found = getResolvedOptions(ARGV, ["JOB_NAME", "day"])
    assert (found["JOB_NAME"], found["day"], found["JOB_RUN_ID"]) == ("j", "2024-12-25", "jr_1")
    assert found["job_bookmark_option"] == "job-bookmark-disable"
    assert "unknown" not in found


def test_job_name_comes_only_when_it_is_asked_for() -> None:
    assert "JOB_NAME" not in getResolvedOptions(ARGV, ["day"])


def test_missing_options_are_named() -> None:
    with pytest.raises(GlueArgumentError, match="the following arguments are required: --raw_uri, --work_uri"):
        getResolvedOptions(ARGV, ["day", "raw_uri", "work_uri"])


@pytest.mark.parametrize(
    "name", ["JOB_ID", "JOB_RUN_ID", "job_bookmark_option", "job-bookmark-option", "SECURITY_CONFIGURATION"]
)
def test_reserved_name_may_not_be_asked_for(name: str) -> None:
    with pytest.raises(RuntimeError, match="Using reserved arguments"):
        getResolvedOptions(ARGV, [name])


@pytest.mark.parametrize("value", ["two words", "a=b", "-5", "--conf with a space", ""])
def test_value_arrives_unchanged(value: str) -> None:
    assert getResolvedOptions(["job.py", "--x", value], ["x"])["x"] == value


def test_value_that_looks_like_an_option_is_refused_as_in_glue() -> None:
    with pytest.raises(GlueArgumentError, match="--x: expected one argument"):
        getResolvedOptions(["job.py", "--x", "--y"], ["x"])


def test_equals_sign_form_is_read_too() -> None:
    assert getResolvedOptions(["job.py", "--x=--y"], ["x"])["x"] == "--y"


def test_last_value_wins() -> None:
    assert getResolvedOptions(["job.py", "--x", "1", "--x", "2"], ["x"])["x"] == "2"


def test_temporary_folder_is_optional_and_has_two_names() -> None:
    assert getResolvedOptions(["job.py"], ["TempDir"])["TempDir"] is None
    found = getResolvedOptions(["job.py", "--TempDir", "s3://b/t/"], [])
    assert found["TempDir"] == found["RedshiftTempDir"] == "s3://b/t/"


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        pytest.param(["--job-bookmark-option", "job-bookmark-enable"], "job-bookmark-enable", id="given"),
        pytest.param(["--continuation-option", "continuation-enabled"], "job-bookmark-enable", id="older name"),
        pytest.param([], "job-bookmark-disable", id="absent"),
    ],
)
def test_bookmark_option_is_resolved(argv: list[str], option: str) -> None:
    assert getResolvedOptions(["job.py", *argv], [])["job_bookmark_option"] == option


def test_unknown_bookmark_option_is_refused() -> None:
    with pytest.raises(GlueArgumentError, match="invalid choice"):
        getResolvedOptions(["job.py", "--job-bookmark-option", "on"], [])


@pytest.mark.parametrize(
    ("option", "ends", "message"),
    [
        pytest.param("job-bookmark-pause", ["from"], "--job-bookmark-to", id="half a range"),
        pytest.param("job-bookmark-enable", ["from", "to"], "Invalid option", id="range that is not paused"),
    ],
)
def test_bookmark_range_must_fit_the_option(option: str, ends: list[str], message: str) -> None:
    given = [part for end in ends for part in (f"--job-bookmark-{end}", "jr_1")]
    with pytest.raises(RuntimeError, match=message):
        getResolvedOptions(["job.py", "--job-bookmark-option", option, *given], [])
