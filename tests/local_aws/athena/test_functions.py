"""Every function of the table, executed: the value that Athena gives for it."""

import re
from datetime import UTC, datetime
from typing import Any

from local_aws.athena.functions import FUNCTIONS, NAMES

JSON = """'{"a": {"b": "x", "n": [1, 2]}, "t": true, "z": null}'"""
URL = "'https://user:pw@shop.example:8443/a%20b/c?q=red+shoes&n=1&flag#top'"
MOMENT = "timestamp '2024-12-25 13:45:07.120'"

SCALARS: dict[str, str | None] = {
    # text
    "lower('ABC')": "abc",
    "upper('abc')": "ABC",
    "length('naïve')": "5",
    "reverse('abc')": "cba",
    "ltrim('  a ')": "a ",
    "rtrim(' a  ')": " a",
    "trim('  a ')": "a",
    "replace('aXbX', 'X')": "ab",
    "replace('aXbX', 'X', '-')": "a-b-",
    "substr('abcdef', 2)": "bcdef",
    "substr('abcdef', -2)": "ef",
    "substr('abcdef', 0)": "",
    "substr('abcdef', 2, 3)": "bcd",
    "substring('abcdef' from 2 for 3)": "bcd",
    "concat('a', 'b', 'c')": "abc",
    "concat('a', cast(null as varchar))": None,
    "'a' || cast(null as varchar)": None,
    "concat_ws('-', 'a', cast(null as varchar), 'b')": "a-b",
    "split('a,b', ',')": "[a, b]",
    "split_part('a,b', ',', 2)": "b",
    "split_part('a,b', ',', 3)": None,
    "strpos('abc', 'c')": "3",
    "position('c' in 'abc')": "3",
    "starts_with('abc', 'ab')": "true",
    "lpad('7', 3, '0')": "007",
    "rpad('7', 3, '0')": "700",
    "lpad('12345', 3, '0')": "123",
    "levenshtein_distance('abc', 'abd')": "1",
    "to_utf8('ab')": "61 62",
    "from_utf8(to_utf8('ab'))": "ab",
    "to_hex(md5(to_utf8('a')))": "0CC175B9C0F1B6A831C399E269772661",
    "to_hex(sha256(to_utf8('')))": "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    # regular expressions
    "regexp_like('abc', 'b')": "true",
    "regexp_extract('a1b22', '\\d+')": "1",
    "regexp_extract('abc', '\\d+')": None,
    "regexp_extract('a1b22', '([a-z])(\\d)', 2)": "1",
    "regexp_extract('abc', '(\\d)', 1)": None,
    "regexp_extract_all('a1b22', '\\d+')": "[1, 22]",
    "regexp_replace('a1b22', '\\d+')": "ab",
    "regexp_replace('a1b22', '(\\d)', '<$1>')": "a<1>b<2><2>",
    "regexp_count('a1b22', '\\d')": "3",
    # JSON
    f"json_extract_scalar({JSON}, '$.a.b')": "x",
    f"json_extract_scalar({JSON}, '$.a')": None,
    f"json_extract_scalar({JSON}, '$.t')": "true",
    f"json_extract_scalar({JSON}, '$.z')": None,
    f"json_extract_scalar({JSON}, '$.missing')": None,
    f"""json_extract_scalar({JSON}, '$["a"]["n"][1]')""": "2",
    "json_extract_scalar('no json', '$.a')": None,
    f"json_value({JSON}, 'lax $.a.b')": "x",
    f"json_extract({JSON}, '$.a.n')": "[1,2]",
    f"json_format(json_extract({JSON}, '$.a.n'))": "[1,2]",
    "json_array_length('[1, 2]')": "2",
    "json_array_length('{}')": None,
    "json_extract_scalar(json_parse('[7]'), '$[0]')": "7",
    # URLs
    f"url_extract_protocol({URL})": "https",
    f"url_extract_host({URL})": "shop.example",
    f"url_extract_port({URL})": "8443",
    f"url_extract_path({URL})": "/a b/c",
    f"url_extract_query({URL})": "q=red+shoes&n=1&flag",
    f"url_extract_fragment({URL})": "top",
    f"url_extract_parameter({URL}, 'q')": "red shoes",
    f"url_extract_parameter({URL}, 'missing')": None,
    "url_extract_port('https://shop.example/')": None,
    "url_encode('a b')": "a%20b",
    "url_decode('a%20b+c')": "a b c",
    # dates
    "now() > timestamp '2024-01-01 00:00:00'": "true",
    f"date_trunc('hour', {MOMENT})": "2024-12-25 13:00:00.000",
    "date_trunc('month', date '2024-12-25')": "2024-12-01",
    "date_trunc('week', date '2024-12-25')": "2024-12-23",
    "date_diff('day', timestamp '2024-12-24 23:00:00', timestamp '2024-12-25 01:00:00')": "0",
    "date_diff('hour', timestamp '2024-12-24 23:00:00', timestamp '2024-12-25 01:30:00')": "2",
    "date_diff('day', date '2024-12-24', date '2024-12-25')": "1",
    "date_diff('day', date '2024-12-25', date '2024-12-24')": "-1",
    "date_add('day', 1, date '2024-12-31')": "2025-01-01",
    "date_add('month', 1, date '2024-01-31')": "2024-02-29",
    f"date_add('minute', -46, {MOMENT})": "2024-12-25 12:59:07.120",
    "date_parse('2024-12-25 01:02:03', '%Y-%m-%d %H:%i:%s')": "2024-12-25 01:02:03.000",
    f"date_format({MOMENT}, '%Y/%m/%d %H:%i:%s')": "2024/12/25 13:45:07",
    f"date_format({MOMENT}, '%e %M %W')": "25 December Wednesday",
    "from_iso8601_timestamp('2024-12-25T01:02:03Z')": "2024-12-25 01:02:03.000 UTC",
    "from_iso8601_timestamp('2024-12-25T01:02:03.5+01:00')": "2024-12-25 00:02:03.500 UTC",
    "from_iso8601_date('2024-12-25')": "2024-12-25",
    "from_unixtime(1735131907)": "2024-12-25 13:05:07.000 UTC",
    f"to_unixtime({MOMENT})": "1.73513430712E9",
    "last_day_of_month(date '2024-02-03')": "2024-02-29",
    f"date({MOMENT})": "2024-12-25",
    f"year({MOMENT})": "2024",
    f"quarter({MOMENT})": "4",
    f"month({MOMENT})": "12",
    f"week({MOMENT})": "52",
    f"week_of_year({MOMENT})": "52",
    f"year_of_week({MOMENT})": "2024",
    f"day({MOMENT})": "25",
    f"day_of_month({MOMENT})": "25",
    f"day_of_week({MOMENT})": "3",
    f"dow({MOMENT})": "3",
    f"day_of_year({MOMENT})": "360",
    f"doy({MOMENT})": "360",
    f"hour({MOMENT})": "13",
    f"minute({MOMENT})": "45",
    f"second({MOMENT})": "7",
    f"millisecond({MOMENT})": "120",
    f"extract(hour from {MOMENT})": "13",
    f"hour({MOMENT} at time zone 'Europe/Berlin')": "14",
    f"cast({MOMENT} at time zone 'UTC' as date)": "2024-12-25",
    "date '2024-12-25' + interval '1' day": "2024-12-26",
    f"{MOMENT} - interval '1' hour": "2024-12-25 12:45:07.120",
    # numbers
    "abs(-1.5)": "1.5",
    "ceil(1.2e0)": "2.0",
    "ceiling(-1.2)": "-1",
    "floor(-1.5e0)": "-2.0",
    "floor(7)": "7",
    "round(2.5e0)": "3.0",
    "round(1.245, 2)": "1.250",
    "round(1.245e0, 1)": "1.2",
    "truncate(1.9e0)": "1.0",
    "sqrt(9)": "3.0",
    "power(2, 3)": "8.0",
    "pow(2, 3)": "8.0",
    "exp(0)": "1.0",
    "ln(1)": "0.0",
    "log10(1000)": "3.0",
    "log2(8)": "3.0",
    "mod(7, 3)": "1",
    "mod(1 + 6, 1 + 2)": "1",
    "sign(-3)": "-1",
    "random() < 1": "true",
    "rand() >= 0": "true",
    "pi() > 3.14": "true",
    "is_nan(1e0)": "false",
    # collections
    "cardinality(array[1, 2])": "2",
    "cardinality(map(array['a'], array[1]))": "1",
    "element_at(array[1, 2], 5)": None,
    "element_at(map(array['a'], array[1]), 'b')": None,
    "array[1, 2][2]": "2",
    "map(array['a'], array[1])['a']": "1",
    "contains(array[1, 2], 2)": "true",
    "cardinality(array_distinct(array[1, 1]))": "1",
    "array_join(array['a', 'b'], '-')": "a-b",
    "array_max(array[1, 3])": "3",
    "array_min(array[1, 3])": "1",
    "array_sort(array[3, 1])": "[1, 3]",
    "map(array['a'], array[1])": "{a=1}",
    "map_keys(map(array['a'], array[1]))": "[a]",
    "map_values(map(array['a'], array[1]))": "[1]",
    # conditions
    "if(1 = 1, 'yes')": "yes",
    "if(1 = 2, 'yes', 'no')": "no",
    "coalesce(null, 'b')": "b",
    "nullif('a', 'a')": None,
    "greatest(1, null)": None,
    "greatest(1, 3, 2)": "3",
    "least('b', 'a')": "a",
    "try(1 / 0)": None,
    "try(array[1][2])": None,
    "case when 1 = 1 then 'a' else 'b' end": "a",
    "case 1 when 1 then 'a' end": "a",
    "1 is distinct from null": "true",
    "'a_b' like 'a!_b' escape '!'": "true",
}
ROWS = "(VALUES (1, 'a', 1.00), (2, 'b', 1.01), (3, null, null), (3, 'b', null)) AS t(n, s, p)"
AGGREGATES: dict[str, str | None] = {
    "count(*)": "4",
    "count(s)": "3",
    "count(DISTINCT s)": "2",
    "count_if(n > 1)": "3",
    "count_if(p < 0 AND p > 0)": "0",
    "count_if(cast(null AS boolean))": "0",
    "count(*) FILTER (WHERE n > 1)": "3",
    "approx_distinct(s)": "2",
    "approx_percentile(n, 0.5)": "2",
    "approx_percentile(p, 1.0)": "1.01",
    "arbitrary(1)": "1",
    "any_value('x')": "x",
    "min_by(s, n)": "a",
    "max_by(s, -n)": "a",
    "bool_and(n > 0)": "true",
    "bool_or(n > 2)": "true",
    "every(n > 1)": "false",
    "array_agg(s ORDER BY n, s)": "[a, b, b, null]",
    "cardinality(array_agg(DISTINCT n))": "3",
    "histogram(n)[3]": "2",
    "map_agg(concat(s, cast(n AS varchar)), n)": "{a1=1, b2=2, b3=3}",
    "sum(n)": "9",
    "avg(n)": "2.25",
    "sum(p)": "2.01",
    "avg(p)": "1.01",
    "avg(p) FILTER (WHERE n = 1)": "1.00",
    "min(s)": "a",
    "max(n)": "3",
    "stddev_pop(n)": "0.82915619758885",
    "var_pop(n)": "0.6875",
    "round(stddev(n), 3)": "0.957",
    "round(stddev_samp(n), 3)": "0.957",
    "round(variance(n), 3)": "0.917",
    "round(var_samp(n), 3)": "0.917",
}
WINDOWS: dict[str, list[str | None]] = {
    "row_number() OVER (ORDER BY n, s)": ["1", "2", "3", "4"],
    "rank() OVER (ORDER BY n)": ["1", "2", "3", "3"],
    "dense_rank() OVER (ORDER BY n DESC)": ["3", "2", "1", "1"],
    "percent_rank() OVER (ORDER BY n)": ["0.0", "0.3333333333333333", "0.6666666666666666", "0.6666666666666666"],
    "cume_dist() OVER (ORDER BY n)": ["0.25", "0.5", "1.0", "1.0"],
    "ntile(2) OVER (ORDER BY n, s)": ["1", "1", "2", "2"],
    "lag(n) OVER (ORDER BY n, s)": [None, "1", "2", "3"],
    "lag(n, 2) OVER (ORDER BY n, s)": [None, None, "1", "2"],
    "lag(n, 1, 0) OVER (ORDER BY n, s)": ["0", "1", "2", "3"],
    "lead(n) OVER (ORDER BY n, s)": ["2", "3", "3", None],
    "lead(n, 2) OVER (ORDER BY n, s)": ["3", "3", None, None],
    "lead(n, 1, 9) OVER (ORDER BY n, s)": ["2", "3", "3", "9"],
    "first_value(n) OVER (ORDER BY n)": ["1", "1", "1", "1"],
    "last_value(n) OVER (ORDER BY n, s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)": ["3", "3", "3", "3"],
    "nth_value(n, 2) OVER (ORDER BY n, s)": [None, "2", "2", "2"],
    "sum(n) OVER (ORDER BY n, s ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)": ["1", "3", "5", "6"],
    "avg(p) OVER ()": ["1.01", "1.01", "1.01", "1.01"],
}


def test_scalar_functions_give_athenas_values(athena: Any) -> None:
    answer = athena.run(f"SELECT {', '.join(SCALARS)}")
    assert answer.state == "SUCCEEDED", answer.reason
    assert dict(zip(SCALARS, answer.rows[0], strict=True)) == SCALARS


def test_aggregates_give_athenas_values(athena: Any) -> None:
    answer = athena.run(f"SELECT {', '.join(AGGREGATES)} FROM {ROWS}")
    assert answer.state == "SUCCEEDED", answer.reason
    assert dict(zip(AGGREGATES, answer.rows[0], strict=True)) == AGGREGATES


def test_window_functions_give_athenas_values(athena: Any) -> None:
    answer = athena.run(f"SELECT {', '.join(WINDOWS)} FROM {ROWS} ORDER BY n, s")
    assert answer.state == "SUCCEEDED", answer.reason
    columns = [list(column) for column in zip(*answer.rows, strict=True)]
    assert dict(zip(WINDOWS, columns, strict=True)) == WINDOWS


def test_every_function_of_the_table_is_executed_by_a_test() -> None:
    text = " ".join([*SCALARS, *AGGREGATES, *WINDOWS]).lower()
    assert [name for name in sorted(NAMES) if not re.search(rf"\b{name}\(", text)] == []


def test_every_entry_names_as_many_arguments_as_its_key() -> None:
    for key, function in FUNCTIONS.items():
        if "/" in key:
            assert len(function.takes) == int(key.split("/")[1]), key


def test_now_is_the_local_awss_clock(athena: Any, clock: Any) -> None:
    clock.set(datetime(2024, 12, 25, 10, tzinfo=UTC))
    try:
        assert athena.value("current_date") == "2024-12-25"
        assert athena.value("current_timestamp").startswith("2024-12-25 10:00:0")
        assert athena.value("date_diff('day', localtimestamp, now())") == "0"
    finally:
        clock.set(None)
