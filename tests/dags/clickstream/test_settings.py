import pytest

from clickstream.settings import SettingsError, environment_lookup, limits, prefix, read_settings, table

VALID = {"environment": "dev", "account_id": "123456789012", "region": "eu-west-1"}


def test_names_follow_from_environment_and_account():
    settings = read_settings(VALID.get)
    assert settings.name("raw_bucket") == "clickstream-raw-dev-123456789012"
    assert settings.name("glue_job") == "clickstream-etl-dev"
    assert settings.name("database") == "clickstream_dev"
    assert settings.processed_uri == "s3://clickstream-processed-dev-123456789012/"


def test_settings_come_from_the_variables_that_airflow_derives():
    environ = {f"AIRFLOW__CLICKSTREAM__{name.upper()}": value for name, value in VALID.items()}
    assert read_settings(environment_lookup(environ)) == read_settings(VALID.get)


@pytest.mark.parametrize("option", VALID)
@pytest.mark.parametrize("value", [None, "", "  "], ids=["absent", "empty", "blank"])
def test_a_missing_setting_is_named_by_its_variable(option, value):
    with pytest.raises(SettingsError, match=f"AIRFLOW__CLICKSTREAM__{option.upper()} is not set"):
        read_settings({**VALID, option: value}.get)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("environment", "Dev"),
        ("environment", "a-b"),
        ("environment", "x" * 17),
        ("account_id", "12345"),
        ("account_id", "1234567890123"),
        ("region", "Ireland"),
        ("poll_seconds", "0"),
        ("poll_seconds", "soon"),
        ("alert_topic_arn", "clickstream-alarms-dev"),
        ("alert_topic_arn", "arn:aws:sqs:eu-west-1:123456789012:queue"),
    ],
)
def test_a_malformed_setting_is_named_with_what_came(option, value):
    with pytest.raises(SettingsError, match=f"AIRFLOW__CLICKSTREAM__{option.upper()}: expected .*{value!r}"):
        read_settings({**VALID, option: value}.get)


@pytest.mark.parametrize("value", [None, "", "  "], ids=["absent", "empty", "blank"])
def test_what_may_be_left_out_has_a_default(value):
    settings = read_settings({**VALID, "poll_seconds": value, "alert_topic_arn": value}.get)
    assert (settings.poll_seconds, settings.alert_topic_arn) == ("15", "")


def test_the_topic_of_alerts_is_an_arn():
    topic = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:clickstream-alarms-dev"
    assert read_settings({**VALID, "alert_topic_arn": topic}.get).alert_topic_arn == topic


def test_an_unknown_role_is_an_error():
    with pytest.raises(KeyError):
        read_settings(VALID.get).name("no_such_bucket")


def test_tables_prefixes_and_limits_come_from_the_file():
    assert table("events") == "clickstream_events"
    assert prefix("events") == "events/"
    assert limits().max_lateness_days == 7


def test_an_error_names_what_its_reader_can_set():
    with pytest.raises(
        SettingsError, match="^the job argument --region is not set: expected an AWS region.*eu-west-1$"
    ):
        read_settings({**VALID, "region": None}.get, named=lambda option: f"the job argument --{option}")
    with pytest.raises(SettingsError, match="^--region: expected an AWS region"):
        read_settings({**VALID, "region": "Ireland"}.get, named=lambda option: f"--{option}")
