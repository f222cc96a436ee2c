"""docs/security.md names what shows each control, and nothing that is not there."""

import re
from collections.abc import Callable

import pytest
from terraform_tree import ROOT, Planned

from tests.terraform.guards import all_guards

CONTROL = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAME = re.compile(r"`([\w./-]+)`")


def controls() -> list[tuple[int, str]]:
    """Number of each control, and what shows it."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return [(int(number), shown) for number, _, shown in CONTROL.findall(text)]


def names_of_tests() -> set[str]:
    files = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in files for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_controls_are_numbered_and_about_forty() -> None:
    numbers = [number for number, _ in controls()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 40


def test_each_control_is_shown_by_something_that_exists_or_waived_with_a_reason() -> None:
    known = all_guards().keys() | names_of_tests()
    for number, shown in controls():
        if shown.startswith("waived: "):
            assert len(shown) > 60, f"control {number}: {shown} is no reason"
            continue
        names = NAME.findall(shown)
        assert names, f"control {number} is shown by nothing"
        missing = [name for name in names if name not in known and not (ROOT / name).exists()]
        assert missing == [], f"control {number}"


def test_every_rule_is_a_control() -> None:
    named = {name for _, shown in controls() for name in NAME.findall(shown)}
    of_operation = {
        "policies_fit_into_iam", "the_job_knows_every_argument", "the_job_finds_its_code",
        "the_crawler_only_adds_partitions", "services_may_do_what_they_must", "each_part_works_in_this_deployment",
        "old_events_are_archived_and_nothing_else_is",
    }  # fmt: skip
    assert all_guards().keys() - named == of_operation


@pytest.mark.slow
def test_no_secret_is_asked_for_or_put_out(planned: Callable[[str], Planned]) -> None:
    plan = planned("full")
    variables = plan.plan["configuration"]["root_module"]["variables"]
    secret = re.compile(r"password|secret|token|access_key|credential", re.IGNORECASE)
    assert [name for name in [*variables, *plan.outputs] if secret.search(name)] == []
    values = [str(one["values"]) for one in plan.resources.values() if one["type"] != "aws_athena_named_query"]
    assert [text[:200] for text in values if re.search(r"AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY", text)] == []
