from typing import Any

import pytest

from local_aws.crawler.definition import definition_of
from local_aws.errors import ServiceError

INHERIT = '{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}'


def crawler(**changes: Any) -> dict[str, Any]:
    default = {
        "Name": "events",
        "Role": "crawler",
        "Targets": {"CatalogTargets": [{"DatabaseName": "clickstream_dev", "Tables": ["events"]}]},
        "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        "Configuration": INHERIT,
    }
    return default | changes


def test_definition_shows_glues_defaults() -> None:
    assert definition_of(crawler())["RecrawlPolicy"] == {"RecrawlBehavior": "CRAWL_EVERYTHING"}


def test_empty_parameters_ask_for_nothing() -> None:
    empty = {"Classifiers": [], "TablePrefix": "", "Schedule": ""}
    assert definition_of(crawler(**empty)) == definition_of(crawler())


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"Targets": {"S3Targets": [{"Path": "s3://processed/"}]}}, "UnsupportedOperationException", "S3Targets"),
        ({"Targets": {}}, "InvalidInputException", "CatalogTargets"),
        ({"SchemaChangePolicy": {"UpdateBehavior": "LOG"}}, "InvalidInputException", "LOG DeleteBehavior"),
        ({"SchemaChangePolicy": {"DeleteBehavior": "LOG"}}, "UnsupportedOperationException", "UPDATE_IN_DATABASE"),
        ({"Configuration": "{}"}, "UnsupportedOperationException", "InheritFromTable"),
        ({"Configuration": "{"}, "InvalidInputException", "no JSON"),
        ({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}}, "Unsupported", "NEW_FOLDERS"),
        ({"Schedule": "cron(0 * * * ? *)"}, "UnsupportedOperationException", "Schedule"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_definition_without_its_effect_is_refused(changes: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(ServiceError, match=message) as error:
        definition_of(crawler(**changes))
    assert error.value.code.startswith(code)
