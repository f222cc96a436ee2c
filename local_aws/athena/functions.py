"""Every function that the local Athena has, as a table: what it takes, what it returns, and how DuckDB spells it.

A function that is not here FAILS with FUNCTION_NOT_REGISTERED: a name that DuckDB happens to know may mean something
else there (date_diff counts boundaries, arg_max skips NULL, split_part gives '' for NULL, concat skips NULL).

Key: name/number of arguments. ``takes``: one letter per argument: s varchar, i integer, n number, b boolean, t date or
timestamp, a array, m map, j json, y varbinary, c array or map, x anything; a last ``*`` repeats the letter before it.
``returns``: a Trino type, or ``=N`` (the type of argument N), ``[N`` (array of it), ``]N`` (element of it).
``duckdb``: a template, {0} is the first argument; {fail:...} is an expression that fails the query with the text.
Known differences: regular expressions are RE2's (no look-around); approx_* estimate by other algorithms than Athena's;
lambdas, format, FILTER on map_agg, time zones with rules inside results, and JSON paths with filters are not supported.
"""

from typing import NamedTuple


class Function(NamedTuple):
    takes: str
    returns: str
    duckdb: str


NOW = "getvariable('athena_now')"  # set per connection from the local AWS's clock
URL = r"^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^/?#@]*@)?([^/?#:]*)(?::(\d+))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$"
ISO_MOMENT = r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?"


def _url_part(group: int) -> Function:
    return Function("s", "varchar", f"regexp_extract({{0}}, '{URL.replace('{', '{{').replace('}', '}}')}', {group})")


def _part(name: str, field: str) -> dict[str, Function]:
    return {f"{name}/1": Function("t", "bigint", f"{field}({{0}})")}


AGGREGATES: dict[str, Function] = {
    "count_if/1": Function("b", "bigint", "count(CASE WHEN {0} THEN 1 END)"),  # DuckDB's own gives NULL for only NULLs
    "approx_distinct/1": Function("x", "bigint", "approx_count_distinct({0})"),
    "approx_percentile/2": Function("nn", "quantile", "approx_quantile(CAST({0} AS {type}), {1})"),
    "arbitrary/1": Function("x", "=0", "any_value({0})"),
    "any_value/1": Function("x", "=0", "any_value({0})"),
    "min_by/2": Function("xx", "=0", "arg_min_null({0}, {1})"),
    "max_by/2": Function("xx", "=0", "arg_max_null({0}, {1})"),
    "bool_and/1": Function("b", "boolean", "bool_and({0})"),
    "bool_or/1": Function("b", "boolean", "bool_or({0})"),
    "every/1": Function("b", "boolean", "bool_and({0})"),
    "array_agg/1": Function("x", "[0", "array_agg({0})"),
    "histogram/1": Function("x", "counts", "histogram({0})"),
    "map_agg/2": Function("xx", "pairs", "map_from_entries(array_agg(row({0}, {1})) FILTER (WHERE {0} IS NOT NULL))"),
    "stddev/1": Function("n", "double", "stddev_samp({0})"),
    "stddev_samp/1": Function("n", "double", "stddev_samp({0})"),
    "stddev_pop/1": Function("n", "double", "stddev_pop({0})"),
    "variance/1": Function("n", "double", "var_samp({0})"),
    "var_samp/1": Function("n", "double", "var_samp({0})"),
    "var_pop/1": Function("n", "double", "var_pop({0})"),
}
WINDOW: dict[str, Function] = {
    "row_number/0": Function("", "bigint", "row_number()"),
    "rank/0": Function("", "bigint", "rank()"),
    "dense_rank/0": Function("", "bigint", "dense_rank()"),
    "percent_rank/0": Function("", "double", "percent_rank()"),
    "cume_dist/0": Function("", "double", "cume_dist()"),
    "ntile/1": Function("i", "bigint", "ntile({0})"),
    "lag/1": Function("x", "=0", "lag({0})"),
    "lag/2": Function("xi", "=0", "lag({0}, {1})"),
    "lag/3": Function("xix", "=0", "lag({0}, {1}, {2})"),
    "lead/1": Function("x", "=0", "lead({0})"),
    "lead/2": Function("xi", "=0", "lead({0}, {1})"),
    "lead/3": Function("xix", "=0", "lead({0}, {1}, {2})"),
    "first_value/1": Function("x", "=0", "first_value({0})"),
    "last_value/1": Function("x", "=0", "last_value({0})"),
    "nth_value/2": Function("xi", "=0", "nth_value({0}, {1})"),
}
TEXT: dict[str, Function] = {
    "lower/1": Function("s", "varchar", "lower({0})"),
    "upper/1": Function("s", "varchar", "upper({0})"),
    "length/1": Function("s", "bigint", "length({0})"),
    "reverse/1": Function("s", "varchar", "reverse({0})"),
    "ltrim/1": Function("s", "varchar", "ltrim({0})"),
    "rtrim/1": Function("s", "varchar", "rtrim({0})"),
    "replace/2": Function("ss", "varchar", "replace({0}, {1}, '')"),
    "replace/3": Function("sss", "varchar", "replace({0}, {1}, {2})"),
    "substr/2": Function("si", "varchar", "CASE WHEN {1} = 0 THEN '' ELSE substr({0}, {1}) END"),
    "substr/3": Function("sii", "varchar", "CASE WHEN {1} = 0 OR {2} <= 0 THEN '' ELSE substr({0}, {1}, {2}) END"),
    "concat": Function("ss*", "varchar", "({all:||})"),
    "concat_ws": Function("sss*", "varchar", "concat_ws({all:,})"),
    "split/2": Function("ss", "array(varchar)", "string_split({0}, {1})"),
    "split_part/3": Function(
        "ssi",
        "varchar",
        "string_split({0}, {1})[CASE WHEN {2} > 0 THEN {2}"
        " ELSE {fail:INVALID_FUNCTION_ARGUMENT: Index must be greater than zero} END]",
    ),
    "strpos/2": Function("ss", "bigint", "strpos({0}, {1})"),
    "starts_with/2": Function("ss", "boolean", "starts_with({0}, {1})"),
    "lpad/3": Function("sis", "varchar", "lpad({0}, CAST({1} AS INTEGER), {2})"),
    "rpad/3": Function("sis", "varchar", "rpad({0}, CAST({1} AS INTEGER), {2})"),
    "levenshtein_distance/2": Function("ss", "bigint", "levenshtein({0}, {1})"),
    "to_utf8/1": Function("s", "varbinary", "encode({0})"),
    "from_utf8/1": Function("y", "varchar", "decode({0})"),
    "to_hex/1": Function("y", "varchar", "hex({0})"),
    "md5/1": Function("y", "varbinary", "unhex(md5({0}))"),
    "sha256/1": Function("y", "varbinary", "unhex(sha256({0}))"),
    "regexp_like/2": Function("ss", "boolean", "regexp_matches({0}, {1})"),
    "regexp_extract/2": Function(
        "ss", "varchar", "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}) END"
    ),
    "regexp_extract/3": Function("ssi", "varchar", "nullif(regexp_extract_all({0}, {1}, {2})[1], NULL)"),
    "regexp_extract_all/2": Function("ss", "array(varchar)", "regexp_extract_all({0}, {1})"),
    "regexp_replace/2": Function("ss", "varchar", "regexp_replace({0}, {1}, '', 'g')"),
    "regexp_replace/3": Function(
        "sss", "varchar", r"regexp_replace({0}, {1}, regexp_replace({2}, '\$(\d)', '\\\1', 'g'), 'g')"
    ),
    "regexp_count/2": Function("ss", "bigint", "len(regexp_extract_all({0}, {1}))"),
}
JSON: dict[str, Function] = {
    "json_parse/1": Function("s", "json", "CAST({0} AS JSON)"),
    "json_format/1": Function("j", "varchar", "CAST({0} AS VARCHAR)"),
    "json_array_length/1": Function(
        "w", "bigint", "CASE WHEN json_valid({0}) AND json_type({0}) = 'ARRAY' THEN json_array_length({0}) END"
    ),
    "json_extract/2": Function("wp", "json", "CASE WHEN json_valid({0}) THEN json_extract({0}, {1}) END"),
    "json_extract_scalar/2": Function(
        "wp",
        "varchar",
        "CASE WHEN json_valid({0}) AND json_type({0}, {1}) NOT IN ('OBJECT', 'ARRAY', 'NULL')"
        " THEN json_extract_string({0}, {1}) END",
    ),
}
URLS: dict[str, Function] = {
    "url_extract_protocol/1": _url_part(1),
    "url_extract_host/1": _url_part(2),
    "url_extract_port/1": Function("s", "bigint", f"TRY_CAST({_url_part(3).duckdb} AS BIGINT)"),
    "url_extract_path/1": Function("s", "varchar", f"url_decode({_url_part(4).duckdb})"),
    "url_extract_query/1": Function("s", "varchar", f"url_decode({_url_part(5).duckdb})"),
    "url_extract_fragment/1": Function("s", "varchar", f"url_decode({_url_part(6).duckdb})"),
    "url_extract_parameter/2": Function(
        "ss",
        "varchar",
        f"url_decode(replace(regexp_extract_all('&' || {_url_part(5).duckdb},"
        " '&' || regexp_escape({1}) || '(?:=([^&]*))?', 1)[1], '+', ' '))",
    ),
    "url_encode/1": Function("s", "varchar", "url_encode({0})"),
    "url_decode/1": Function("s", "varchar", "url_decode(replace({0}, '+', ' '))"),
}
DATES: dict[str, Function] = {
    "now/0": Function("", "timestamp with time zone", NOW),
    "date_trunc/2": Function("ut", "=1", "CAST(date_trunc({0}, {1}) AS {type})"),
    "date_diff/3": Function("utt", "bigint", "date_sub({0}, CAST({1} AS TIMESTAMP), CAST({2} AS TIMESTAMP))"),
    "date_add/3": Function("uit", "=2", "CAST({2} + ({1}) * INTERVAL 1 {unit} AS {type})"),
    "date_parse/2": Function("sf", "timestamp", "strptime({0}, {1})"),
    "date_format/2": Function("tf", "varchar", "strftime({0}, {1})"),
    "from_iso8601_timestamp/1": Function(
        "s",
        "timestamp with time zone",
        f"CAST(CASE WHEN regexp_full_match({{0}}, '{ISO_MOMENT.replace('{', '{{').replace('}', '}}')}') THEN {{0}}"
        " ELSE 'INVALID_FUNCTION_ARGUMENT: Invalid ISO 8601 timestamp ' || {0} END AS TIMESTAMPTZ)",
    ),
    "from_iso8601_date/1": Function(
        "s", "date", r"CAST(CASE WHEN regexp_full_match({0}, '\d{{4}}-\d\d-\d\d') THEN {0} ELSE '?' || {0} END AS DATE)"
    ),
    "from_unixtime/1": Function("n", "timestamp with time zone", "to_timestamp({0})"),
    "to_unixtime/1": Function("t", "double", "epoch(CAST({0} AS TIMESTAMP))"),
    "last_day_of_month/1": Function("t", "date", "last_day({0})"),
    **_part("year", "year"),
    **_part("quarter", "quarter"),
    **_part("month", "month"),
    **_part("week", "weekofyear"),
    **_part("week_of_year", "weekofyear"),
    **_part("year_of_week", "isoyear"),
    **_part("day", "day"),
    **_part("day_of_month", "day"),
    **_part("day_of_week", "isodow"),
    **_part("dow", "isodow"),
    **_part("day_of_year", "dayofyear"),
    **_part("doy", "dayofyear"),
    **_part("hour", "hour"),
    **_part("minute", "minute"),
    **_part("second", "second"),
    "millisecond/1": Function("t", "bigint", "(millisecond({0}) % 1000)"),
}
NUMBERS: dict[str, Function] = {
    "abs/1": Function("n", "=0", "abs({0})"),
    "ceil/1": Function("n", "ceil", "CAST(ceil({0}) AS {type})"),
    "ceiling/1": Function("n", "ceil", "CAST(ceil({0}) AS {type})"),
    "floor/1": Function("n", "ceil", "CAST(floor({0}) AS {type})"),
    "round/1": Function("n", "ceil", "CAST(round({0}) AS {type})"),
    "round/2": Function("ni", "=0", "CAST(round({0}, {1}) AS {type})"),
    "truncate/1": Function("n", "ceil", "CAST(trunc({0}) AS {type})"),
    "sqrt/1": Function("n", "double", "sqrt({0})"),
    "power/2": Function("nn", "double", "power({0}, {1})"),
    "pow/2": Function("nn", "double", "power({0}, {1})"),
    "exp/1": Function("n", "double", "exp({0})"),
    "ln/1": Function("n", "double", "ln({0})"),
    "log10/1": Function("n", "double", "log10({0})"),
    "log2/1": Function("n", "double", "log2({0})"),
    "mod/2": Function("ii", "=0", "({0} % {1})"),
    "sign/1": Function("n", "=0", "CAST(sign({0}) AS {type})"),
    "random/0": Function("", "double", "random()"),
    "rand/0": Function("", "double", "random()"),
    "pi/0": Function("", "double", "pi()"),
    "is_nan/1": Function("n", "boolean", "isnan({0})"),
}
COLLECTIONS: dict[str, Function] = {
    "cardinality/1": Function("c", "bigint", "CAST(len({0}) AS BIGINT)"),
    "element_at/2": Function("cx", "]0", "({0})[{1}]"),
    "contains/2": Function("ax", "boolean", "list_contains({0}, {1})"),
    "array_distinct/1": Function("a", "=0", "list_distinct({0})"),
    "array_join/2": Function("as", "varchar", "array_to_string({0}, {1})"),
    "array_max/1": Function("a", "]0", "list_max({0})"),
    "array_min/1": Function("a", "]0", "list_min({0})"),
    "array_sort/1": Function("a", "=0", "list_sort({0}, 'ASC', 'NULLS LAST')"),
    "map/2": Function("aa", "map", "MAP({0}, {1})"),
    "map_keys/1": Function("m", "keys", "map_keys({0})"),
    "map_values/1": Function("m", "[]0", "map_values({0})"),
}
FUNCTIONS: dict[str, Function] = AGGREGATES | WINDOW | TEXT | JSON | URLS | DATES | NUMBERS | COLLECTIONS
AGGREGATE_NAMES = frozenset(key.split("/")[0] for key in AGGREGATES)
WINDOW_NAMES = frozenset(key.split("/")[0] for key in WINDOW)
# What sqlglot itself reads and writes with Trino's meaning; everything else goes through the table above.
BUILT_IN = frozenset(
    {"COUNT", "SUM", "AVG", "MIN", "MAX", "COALESCE", "NULLIF", "TRY", "GREATEST", "LEAST", "GROUPING"}
)
NAMES = frozenset(key.split("/")[0] for key in FUNCTIONS)
