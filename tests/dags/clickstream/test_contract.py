import pytest

from clickstream.contract import Column, load_contract, parse_contract
from clickstream.resources import read_json

CONTRACT = load_contract()


def document(**column):
    return {
        "version": 1,
        "max_nesting_depth": 100,
        "personal_url_parameters": [],
        "personal_property_names": [],
        "partition_keys": [],
        "columns": [{"name": "a", "type": "string", "description": "d", **column}],
    }


def test_required_fields_are_the_four_of_the_design():
    assert [column.name for column in CONTRACT.required_columns] == [
        "event_id",
        "event_type",
        "event_timestamp",
        "session_id",
    ]


def test_raw_only_fields_are_not_in_the_table():
    names = {column.name for column in CONTRACT.table_columns}
    assert not names & {"ip_address", "user_agent"}
    assert {"ip_address", "user_agent"} <= CONTRACT.known_raw_names


def test_derived_columns_cannot_be_sent():
    derived = {"properties", "arrival_date", "source_object", "generation"}
    assert not derived & CONTRACT.known_raw_names


def test_timestamp_aliases_are_known_names():
    assert CONTRACT.column("event_timestamp").raw_names == ("event_timestamp", "timestamp", "event_time")


def test_every_value_alias_leads_to_an_accepted_value():
    for column in CONTRACT.columns:
        assert set(column.value_aliases.values()) <= set(column.accepted_values), column.name


def test_an_unknown_key_in_a_column_is_an_error_that_names_the_column():
    with pytest.raises(ValueError, match="column 'a'.*desription"):
        parse_contract(document(desription="typing slip"))


def test_an_unknown_column_is_an_error_that_names_the_file():
    with pytest.raises(KeyError, match=r"event_contract\.json"):
        CONTRACT.column("nowhere")


def test_every_column_of_the_file_is_parsed_whole():
    for entry, column in zip(read_json("event_contract.json")["columns"], CONTRACT.columns, strict=True):
        for key, value in entry.items():
            parsed = getattr(column, key)
            assert (list(parsed) if isinstance(parsed, tuple) else parsed) == value
    assert all(isinstance(column, Column) for column in CONTRACT.columns)
