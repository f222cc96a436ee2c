"""Functions and arguments that Athena refuses, or that are not here."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("len('a')", "FUNCTION_NOT_REGISTERED: line 1:8: Function 'len' not registered"),
        ("ifnull('a', 'b')", "FUNCTION_NOT_REGISTERED"),
        ("string_agg('a', ',')", "FUNCTION_NOT_REGISTERED"),
        ("read_csv('x')", "FUNCTION_NOT_REGISTERED"),
        ("getvariable('athena_now')", "FUNCTION_NOT_REGISTERED"),
        ("lower(1)", "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer) for function lower"),
        ("abs('1')", "FUNCTION_NOT_FOUND"),
        ("lower('a', 'b')", "FUNCTION_NOT_FOUND"),
        ("date_trunc('day', '2024-01-01')", "FUNCTION_NOT_FOUND"),
        ("substr('abc', 1.5)", "FUNCTION_NOT_FOUND"),
        ("sum('1')", "FUNCTION_NOT_FOUND"),
        ("row_number()", "MISSING_OVER"),
        ("date_trunc('fortnight', date '2024-01-01')", "NOT_SUPPORTED"),
        ("date_format(date '2024-01-01', '%Q')", "NOT_SUPPORTED"),
        ("json_extract_scalar('{}', '$..a')", "NOT_SUPPORTED"),
        ("transform(array[1], x -> x + 1)", "NOT_SUPPORTED"),
        ("format('%s', 'a')", "FUNCTION_NOT_REGISTERED"),
        ("split_part('a', ',', 0)", "INVALID_FUNCTION_ARGUMENT: Index must be greater than zero"),
        ("array[1][2]", "INVALID_FUNCTION_ARGUMENT: Array subscript"),
        ("map(array['a'], array[1])['b']", "INVALID_FUNCTION_ARGUMENT: Key not present in map"),
        ("from_iso8601_timestamp('2024-12-25 01:02:03')", "INVALID_FUNCTION_ARGUMENT: Invalid ISO 8601"),
        ("date_parse('x', '%Y')", "INVALID_FUNCTION_ARGUMENT"),
        ("json_parse('{')", "INVALID"),
        ("timestamp '2024-01-01 00:00:00' at time zone 'Europe/Berlin'", "NOT_SUPPORTED"),
    ],
)
def test_what_athena_refuses_or_we_do_not_have_fails(athena: Any, expression: str, reason: str) -> None:
    answer = athena.run(f"SELECT {expression}")
    assert answer.state == "FAILED"
    assert answer.reason.startswith(reason)
