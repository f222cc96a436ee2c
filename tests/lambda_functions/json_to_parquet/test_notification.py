from json_to_parquet.notification import RawObject, raw_objects


def test_keys_are_decoded() -> None:
    key = "events/year%3D2026/month%3D03/day%3D05/hour%3D10/a+b%2Bc.gz"
    event = {"Records": [{"s3": {"bucket": {"name": "raw"}, "object": {"key": key}}}]}
    assert [*raw_objects(event)] == [RawObject("raw", "events/year=2026/month=03/day=05/hour=10/a b+c.gz")]


def test_the_test_event_of_a_new_configuration_names_no_object() -> None:
    assert [*raw_objects({"Service": "Amazon S3", "Event": "s3:TestEvent"})] == []
