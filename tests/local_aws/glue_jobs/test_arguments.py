import pytest

from local_aws.errors import ServiceError
from local_aws.glue_jobs import arguments


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"--additional-python-modules": "x"}, "--additional-python-modules", id="other packages"),
        pytest.param({"--extra-jars": "s3://b/x.jar"}, "--extra-jars", id="jars"),
        pytest.param({"--enable-glue-datacatalog": "true"}, "--enable-glue-datacatalog", id="catalog"),
        pytest.param({"--enable-glue-datacatalog": ""}, "--enable-glue-datacatalog", id="catalog by its mere presence"),
        pytest.param({"--JOB_NAME": "other"}, "set by Glue itself", id="name of the job"),
        pytest.param({"day": "2024-12-25"}, "'day'", id="no dashes"),
        pytest.param({"--day": 25}, "25", id="no text"),
        pytest.param({"--job-language": "scala"}, "expects python", id="language"),
        pytest.param({"--job-bookmark-option": "on"}, "job-bookmark-enable", id="bookmark option"),
    ],
)
def test_argument_that_cannot_be_obeyed_is_refused_by_name(given: dict[str, str], message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        arguments.checked(given, "Arguments")


def test_glues_own_argument_that_asks_for_nothing_is_accepted() -> None:
    given = {"--enable-glue-datacatalog": "false", "--enable-metrics": "true", "--day": ""}
    assert arguments.checked(given, "Arguments") == given


def test_script_sees_its_own_arguments_and_not_what_glue_consumed() -> None:
    given = {"--day": "x", "--extra-py-files": "s3://b/l.zip", "--conf": "spark.a=b", "--TempDir": "s3://b/t/"}
    seen = arguments.script_arguments(given, {"--JOB_NAME": "j"})
    assert seen == [
        *("--JOB_NAME", "j"),
        *("--job-bookmark-option", "job-bookmark-disable"),
        *("--day", "x"),
        *("--TempDir", "s3://b/t/"),
    ]


def test_script_sees_how_its_bookmark_is_to_be_used() -> None:
    given = {"--job-bookmark-option": "job-bookmark-pause", "--job-bookmark-from": "jr_1", "--job-bookmark-to": "jr_2"}
    assert arguments.script_arguments(arguments.checked(given, "Arguments"), {}) == [
        part for pair in given.items() for part in pair
    ]


def test_extra_py_files_are_a_list_with_commas() -> None:
    assert arguments.extra_py_files({"--extra-py-files": " s3://b/1.zip, s3://b/2.py ,"}) == [
        "s3://b/1.zip",
        "s3://b/2.py",
    ]
    assert arguments.extra_py_files({}) == []


def test_conf_holds_several_settings() -> None:
    found = arguments.spark_conf({"--conf": "spark.a=1 --conf spark.b=x=y z"})
    assert found == {"spark.a": "1", "spark.b": "x=y z"}


@pytest.mark.parametrize("text", ["spark.a", "a=b"])
def test_conf_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ServiceError, match=r"spark.name=value"):
        arguments.spark_conf({"--conf": text})
