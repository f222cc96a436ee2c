from datetime import UTC, datetime

import pytest

from local_aws.firehose.prefix import at_time, complete_prefix, with_random

MOMENT = datetime(2024, 12, 5, 7, 8, 9, tzinfo=UTC)
ERRORS = "errors/!{firehose:error-output-type}/"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("!{timestamp:yyyy/MM/dd/HH/}", "2024/12/05/07/"),
        ("events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/", "events/year=2024/month=12/"),
        ("!{timestamp:'day='dd'T'HH:mm:ss}", "day=05T07:08:09"),
        ("!{timestamp:yy-M-d-H}", "24-12-5-7"),
        ("!{timestamp:yyyy-DDD}", "2024-340"),
        ("!{timestamp:HH''mm}", "07'08"),
        ("static/", "static/"),
    ],
)
def test_timestamp_expression_is_evaluated_as_java_does(prefix: str, expected: str) -> None:
    assert at_time(prefix, MOMENT) == expected


def test_week_based_year_is_refused_because_it_is_wrong_around_new_year() -> None:
    with pytest.raises(ValueError, match="week-based year"):
        at_time("!{timestamp:YYYY}", MOMENT)


@pytest.mark.parametrize("prefix", ["!{timestamp:EEE}", "!{partitionKeyFromQuery:x}", "!{firehose:nothing}", "!{open"])
def test_expression_that_is_not_supported_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="expected|support"):
        at_time(prefix, MOMENT)


def test_random_string_has_eleven_characters_and_differs() -> None:
    first, second = (with_random("x-!{firehose:random-string}/") for _ in range(2))
    assert len(first) == len("x-/") + 11
    assert first != second


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", "!{timestamp:yyyy/MM/dd/HH/}"),
        ("raw/", "raw/!{timestamp:yyyy/MM/dd/HH/}"),
        ("raw/!{timestamp:yyyy}/", "raw/!{timestamp:yyyy}/"),
        ("raw/!{firehose:random-string}/", "raw/!{firehose:random-string}/!{timestamp:yyyy/MM/dd/HH/}"),
    ],
)
def test_prefix_without_timestamp_gets_firehoses_own(prefix: str, expected: str) -> None:
    assert complete_prefix(prefix, ERRORS) == expected


@pytest.mark.parametrize(
    ("prefix", "error_prefix", "message"),
    [
        ("!{timestamp:yyyy}/", None, "ErrorOutputPrefix is required"),
        ("raw/", "errors/!{timestamp:yyyy}/", "at least one instance"),
        ("raw/!{firehose:error-output-type}/", ERRORS, "can't contain"),
        ("x" * 500 + "!{timestamp:yyyy/MM/dd/HH/}", ERRORS, "512"),
    ],
    ids=["no error prefix", "error prefix without its type", "error type in prefix", "too long"],
)
def test_pair_of_prefixes_that_firehose_refuses(prefix: str, error_prefix: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        complete_prefix(prefix, error_prefix)
