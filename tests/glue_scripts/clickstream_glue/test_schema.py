import pytest
from pyspark.sql.types import DecimalType

from clickstream.contract import load_contract
from clickstream_glue.schema import spark_schema, spark_type


def test_schema_holds_the_table_columns_in_their_order_and_types() -> None:
    simple = {field.name: field.dataType.simpleString() for field in spark_schema(load_contract())}
    assert list(simple.items()) == [(column.name, column.type) for column in load_contract().table_columns]


def test_decimal_keeps_its_digits() -> None:
    assert spark_type("decimal(12,2)") == DecimalType(12, 2)


def test_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no Spark type for 'map<string,string>'"):
        spark_type("map<string,string>")
