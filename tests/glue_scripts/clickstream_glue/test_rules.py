import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream_glue.rules import value

pytestmark = pytest.mark.slow


def judged(spark: Any, column: str, texts: list[str]) -> list[Any]:
    contract = load_contract()
    frame = spark.createDataFrame([(n, text) for n, text in enumerate(texts)], "n int, text string")
    rows = frame.select("n", value(contract.column(column), "text", contract).alias("value")).orderBy("n").collect()
    return [row["value"] for row in rows]


def test_prices_are_rounded_from_the_shortest_decimal_of_their_double(spark: Any) -> None:
    random_ = random.Random(3)
    halves = [f"{random_.randrange(10 ** random_.randint(1, 10))}.{random_.randrange(100):02d}5" for _ in range(5000)]
    long = [f"{random_.uniform(0, 10 ** random_.randint(0, 9)):.{random_.randint(1, 25)}f}" for _ in range(5000)]
    texts = halves + long
    wanted = [Decimal(repr(float(text))).quantize(Decimal("0.01"), ROUND_HALF_UP) for text in texts]
    got = judged(spark, "price", texts)
    assert [(text, a, b) for text, a, b in zip(texts, got, wanted, strict=True) if a != b] == []


def test_every_accepted_value_and_alias_is_known(spark: Any) -> None:
    column = load_contract().column("event_type")
    texts = [*column.accepted_values, *column.value_aliases]
    assert judged(spark, "event_type", texts) == [*column.accepted_values, *column.value_aliases.values()]


def test_every_rule_of_the_contract_is_there() -> None:
    from clickstream_glue.rules import _RULES

    assert {column.rule for column in load_contract().raw_columns} <= set(_RULES)
