"""Every planned type and attribute has been decided about, and no decision is left over."""

import dataclasses

import pytest
from botocore.exceptions import ClientError

from local_aws.planned import creator as creator_module
from local_aws.planned.absent import ABSENT
from local_aws.planned.account import Account
from local_aws.planned.creator import IGNORED, arguments_of, bare, leaves
from local_aws.planned.creators import CREATORS, FILES, create_resources, prepared_arguments
from local_aws.planned.plan import PlanError, Resource, planned_resources
from local_aws.server import LocalAws
from tests.local_aws.planned.changed import FIXED, with_value

ACCOUNT = Account("http://127.0.0.1:1")
# Mapped for the day when the plan knows it.
NOT_PLANNED = {"aws_kms_alias": {"target_key_id"}}


def planned(kind: str) -> list[Resource]:
    return [one for one in planned_resources() if one.type == kind]


def planned_attributes(kind: str) -> set[str]:
    return {bare(path) for one in planned(kind) for path, _ in leaves(one.values)}


@pytest.mark.parametrize("kind", CREATORS)
def test_each_field_is_planned(kind: str) -> None:
    fields = {bare(attribute) for attribute in CREATORS[kind].fields}
    assert fields - planned_attributes(kind) == NOT_PLANNED.get(kind, set())


@pytest.mark.parametrize("kind", CREATORS)
def test_a_field_repeats_no_more_than_its_argument(kind: str) -> None:
    for attribute, argument in CREATORS[kind].fields.items():
        assert attribute.count("[]") <= argument.count("[]"), attribute


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in CREATORS for name in CREATORS[kind].ignored])
def test_without_its_reason_an_ignored_attribute_fails(kind: str, name: str) -> None:
    fewer = {other: reason for other, reason in CREATORS[kind].ignored.items() if other != name}
    strict = dataclasses.replace(CREATORS[kind], ignored=fewer)
    one = next(one for one in planned(kind) if name in {bare(path) for path, _ in leaves(one.values)})
    with pytest.raises(PlanError, match=f"{name.rpartition('.')[2]}.* does not carry it"):
        arguments_of(one, strict, ACCOUNT.region, FILES[kind])


@pytest.mark.parametrize("name", IGNORED)
def test_without_its_reason_an_attribute_that_all_may_have_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags are planned nowhere now; somebody may set them."""
    role = planned("aws_iam_role")[0]
    labelled = Resource(role.address, role.type, {**role.values, "tags": {"team": "a"}})
    prepared_arguments(labelled, ACCOUNT)
    monkeypatch.setattr(creator_module, "IGNORED", {other: why for other, why in IGNORED.items() if other != name})
    with pytest.raises(PlanError, match=name):
        prepared_arguments(labelled, ACCOUNT)


@pytest.mark.parametrize("kind", CREATORS)
def test_what_is_only_kept_is_carried(kind: str) -> None:
    """An argument or a structure of arguments, of which the head of the file says that nothing obeys it."""
    for kept in CREATORS[kind].kept:
        assert any(f"{argument}.".startswith(f"{kept}.") for argument in CREATORS[kind].fields.values()), kept


@pytest.mark.parametrize("kind", CREATORS)
def test_what_is_only_one_value_is_planned(kind: str) -> None:
    assert set(CREATORS[kind].only) <= planned_attributes(kind)


@pytest.mark.parametrize("kind", ABSENT)
def test_each_type_without_a_local_part_is_planned(kind: str) -> None:
    assert planned(kind)
    assert kind not in CREATORS


@pytest.mark.parametrize("kind", ABSENT)
def test_without_its_reason_an_absent_type_fails(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ABSENT, kind)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match=f"the local AWS has no {kind}: create it in one of local_aws/planned/"):
        create_resources(planned(kind), ACCOUNT)


@pytest.mark.parametrize("place", FIXED)
def test_a_value_that_no_engine_has_makes_the_creation_fail(local_aws: LocalAws, place: str) -> None:
    kind, _, attribute = place.partition(".")
    one = planned(kind)[0]
    path = next(path for path, _ in leaves(one.values) if bare(path) == attribute)
    with_value(one.values, path, FIXED[place])
    with pytest.raises((PlanError, ClientError)):
        create_resources([one], Account(local_aws.endpoint_url))
