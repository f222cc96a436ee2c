from local_aws.lambda_functions.dead_letters import Reason, message, reason_of
from local_aws.lambda_functions.sandbox import Event, Outcome


def test_a_dead_letter_is_the_event_with_the_reason_beside_it() -> None:
    sent = message(Event("id", '{"a": 1}'), Reason(200, "why"))
    assert sent["MessageBody"] == '{"a": 1}'
    assert {name: one["StringValue"] for name, one in sent["MessageAttributes"].items()} == {
        "RequestID": "id", "ErrorCode": "200", "ErrorMessage": "why",
    }  # fmt: skip


def test_a_long_reason_is_cut_between_characters() -> None:
    sent = message(Event("id", "{}"), Reason(200, "x" + "ü" * 1024))
    text = sent["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert text == "x" + "ü" * 511


def test_the_reason_is_what_the_function_said() -> None:
    assert reason_of(Outcome('{"errorMessage": "bad"}', failed=True)) == Reason(200, "bad")
