"""The stack's document: what is kept of a plan, and what a difference says."""

from plan_stack import differences, pruned, stack_of, text_of
from terraform_tree import Planned


def planned(**values: object) -> Planned:
    resource = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "values": values}
    module = {"root_module": {"resources": [resource]}}
    return Planned({"planned_values": module}, {"values": module})


def test_what_says_nothing_is_left_out() -> None:
    assert pruned({"a": None, "b": [], "c": {}, "d": {"e": None}}) == {}
    assert pruned({"a": "", "b": 0, "c": False, "d": [{"e": None, "f": 1}]}) == {
        "a": "", "b": 0, "c": False, "d": [{"f": 1}],
    }  # fmt: skip


def test_paths_and_hashes_are_left_out() -> None:
    stack = stack_of(planned(key="k", source="../build/x", source_hash="abc", tags_all={"a": "b"}))
    assert stack["resources"] == [{"address": "aws_x.y", "type": "aws_x", "values": {"key": "k"}}]


def test_the_same_plan_gives_the_same_text() -> None:
    assert text_of(stack_of(planned(b=1, a=2))) == text_of(stack_of(planned(a=2, b=1)))


def test_differences_name_resource_and_attribute() -> None:
    ours, theirs = stack_of(planned(a=1, b=[1, 2])), stack_of(planned(a=2, b=[1]))
    assert list(differences(ours, theirs)) == [
        "aws_x.y.a: planned 1, in the file 2",
        "aws_x.y.b: planned [1, 2], in the file [1]",
    ]
    assert list(differences(ours, {"resources": []})) == ["aws_x.y: planned, and not in the file"]
    assert list(differences({"resources": []}, ours)) == ["aws_x.y: in the file, and not planned"]
    assert list(differences(ours, ours)) == []


def test_a_long_value_is_cut() -> None:
    (line,) = differences(stack_of(planned(a="x" * 999)), stack_of(planned(a="")))
    assert len(line) < 300
