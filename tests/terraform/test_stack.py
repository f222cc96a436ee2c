"""local_aws/stack.json is what Terraform plans now."""

import json
from collections.abc import Callable

import pytest
from plan_stack import STACK, differences, stack_of, text_of
from terraform_tree import ROOT, Planned

pytestmark = pytest.mark.slow


def test_the_stack_is_what_terraform_plans(planned: Callable[[str], Planned]) -> None:
    fresh = stack_of(planned("local"))
    found = json.loads(STACK.read_text(encoding="utf-8"))
    assert list(differences(fresh, found)) == [], "make stack writes it anew"
    assert text_of(fresh) == STACK.read_text(encoding="utf-8")


def test_the_stack_names_no_machine(planned: Callable[[str], Planned]) -> None:
    text = text_of(stack_of(planned("local")))
    assert str(ROOT) not in text
    assert "mock" not in text
    assert "/tmp" not in text  # noqa: S108  the name itself is what is looked for


def test_a_change_of_the_configuration_is_named(planned: Callable[[str], Planned]) -> None:
    found = json.loads(STACK.read_text(encoding="utf-8"))
    stream = next(one for one in found["resources"] if one["type"] == "aws_kinesis_firehose_delivery_stream")
    stream["values"]["extended_s3_configuration"][0]["buffering_size"] = 64
    assert list(differences(stack_of(planned("local")), found)) == [
        "aws_kinesis_firehose_delivery_stream.events.extended_s3_configuration[0].buffering_size: planned 5, "
        "in the file 64"
    ]
