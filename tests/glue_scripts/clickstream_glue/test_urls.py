from typing import Any

import pytest

from clickstream.contract import load_contract
from clickstream.judging import urls as judging
from clickstream_glue.urls import scrubbed
from tests.corpus_values import HOSTILE_ADDRESSES

pytestmark = pytest.mark.slow
NAMES = load_contract().personal_url_parameters


def cut(spark: Any, urls: list[str]) -> list[str]:
    from pyspark.sql import functions as F

    frame = spark.createDataFrame([(n, url) for n, url in enumerate(urls)], "n int, url string")
    return [row["cut"] for row in frame.select("n", scrubbed(F.col("url"), NAMES).alias("cut")).orderBy("n").collect()]


def test_every_personal_parameter_loses_its_value(spark: Any) -> None:
    assert cut(spark, [f"/p?a=1&{name}=secret&b=2" for name in NAMES]) == [f"/p?a=1&{name}=&b=2" for name in NAMES]


def test_an_address_is_cut_as_where_one_is_judged_alone(spark: Any) -> None:
    nested = ["/p?a=%26b[email]%3Dx%26c[email]%3Dy", "/p?a=%26email%3Dx[email]%3Dy&b=1", "/p?a?b=c@d.e?f", "/p?%26x%3D"]
    assert cut(spark, nested) == [judging.scrubbed(url, NAMES) for url in nested]
    assert cut(spark, nested)[:2] == ["/p?a=%26b[email]%3D", "/p?a=%26email%3D&b=1"]


def test_cutting_again_changes_nothing(spark: Any) -> None:
    urls = ["https://u:p@h/x;sid=1?token=a&b=c%40d.org#e", "//u@h?x", "a@b.example", "https://h/?q=1"]
    once = cut(spark, urls)
    assert cut(spark, once) == once


def test_hostile_address_takes_linear_time(spark: Any) -> None:
    assert len(cut(spark, HOSTILE_ADDRESSES)) == len(HOSTILE_ADDRESSES)
