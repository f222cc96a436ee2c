import json
from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream_glue.properties import properties
from clickstream_glue.records import with_fields

pytestmark = pytest.mark.slow


def made(spark: Any, *texts: str) -> list[str | None]:
    frame = spark.createDataFrame([(n, None, text) for n, text in enumerate(texts)], "n int, state string, text string")
    rows = (
        with_fields(frame, load_contract())
        .select("n", properties(load_contract()).alias("made"))
        .orderBy("n")
        .collect()
    )
    return [row["made"] for row in rows]


def test_known_fields_leave_none(spark: Any) -> None:
    assert made(spark, '{"event_id": "x", "timestamp": "y", "user_agent": "z"}', "{}") == [None, None]


def test_fields_are_kept_as_json_in_name_order(spark: Any) -> None:
    (text,) = made(spark, '{"b": [1, {"c": "d\\"e"}], "a": "1", "\\u00e9": 1.0}')
    assert text == '{"a":"1","b":[1,{"c":"d\\"e"}],"\u00e9":1.0}'


@pytest.mark.parametrize(
    "name",
    [
        "ip",
        "IP",
        "ipAddress",
        "client-ip",
        "X-Forwarded-For",
        "userAgent",
        "User Agent",
        "ua",
        "email",
        "e_mail",
        "phoneNumber",
        "firstName",
        "password",
    ],
)
def test_personal_field_keeps_its_name_only(spark: Any, name: str) -> None:
    secret = {"a": ["secret", 1]}
    texts = [json.dumps({name: value}) for value in ("secret", 17, secret)]
    assert made(spark, *texts, json.dumps({"in": [{name: secret, "kept": 1}]})) == [
        *[json.dumps({name: None}, separators=(",", ":"))] * 3,
        json.dumps({"in": [{name: None, "kept": 1}]}, separators=(",", ":")),
    ]
