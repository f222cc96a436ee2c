"""What may reach MWAA, and what it may reach: every rule of the plan (known once it is applied), and every route."""

from collections.abc import Iterator
from typing import Any

from terraform_tree import Planned

from tests.terraform.guards import Guard

# Protocol, ports and whom it is about.
ITSELF = ("-1", None, None, "itself")
HTTPS = ("tcp", 443, 443, "0.0.0.0/0")
RULES = {
    "aws_vpc_security_group_ingress_rule": [ITSELF],
    "aws_vpc_security_group_egress_rule": [ITSELF, HTTPS],
}
# Other ways to open a network, of which we plan none.
OTHER_RULES = (
    "aws_security_group_rule", "aws_default_security_group", "aws_network_acl", "aws_network_acl_rule",
    "aws_default_network_acl", "aws_egress_only_internet_gateway", "aws_vpc_peering_connection",
)  # fmt: skip
PEERS = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id")


def applied(planned: Planned, kind: str) -> dict[str, dict[str, Any]]:
    """Values by address, with the ids that a plan does not know."""
    found = planned.state["values"]["root_module"]["resources"]
    return {one["address"]: one["values"] for one in found if (one["mode"], one["type"]) == ("managed", kind)}


def mwaas_network_lets_https_out_and_nothing_in(planned: Planned) -> Iterator[str]:
    has_airflow = bool(applied(planned, "aws_mwaa_environment"))
    groups = {values["id"] for values in applied(planned, "aws_security_group").values()}
    for kind, expected in RULES.items():
        found = sorted((_rule(values, groups) for values in applied(planned, kind).values()), key=str)
        if found != (sorted(expected, key=str) if has_airflow else []):
            yield f"{kind}: {found}, expected {expected if has_airflow else []}"
    for kind in OTHER_RULES:
        yield from (f"{address}: opens the network in another way" for address in applied(planned, kind))
    for address, values in planned.of_type("aws_security_group").items():
        yield from (f"{address}: has rules of its own" for name in ("ingress", "egress") if values.get(name))


def _rule(values: dict[str, Any], groups: set[str]) -> tuple[str, int | None, int | None, str]:
    other = [values[name] for name in PEERS if values.get(name)]
    referenced = values.get("referenced_security_group_id")
    whom = ["itself" if referenced in groups else referenced] if referenced else []
    return values["ip_protocol"], values.get("from_port"), values.get("to_port"), ",".join([*other, *whom])


def mwaas_subnets_lead_to_nat_only(planned: Planned) -> Iterator[str]:
    """Read from the configuration: ids, by which tables are told apart, are AWS's to choose."""
    found = planned.plan["configuration"]["root_module"]["resources"]
    configured = {one["address"]: one.get("expressions", {}) for one in found}
    for address, given in configured.items():
        tables = _references(given, "route_table_id")
        if address.startswith("aws_route_table_association."):
            subnets = _references(given, "subnet_id")
            if "aws_subnet.private" in subnets and "aws_route_table.private" not in tables:
                yield f"{address}: a private subnet has another's table"
        elif address.startswith("aws_route.") and "aws_route_table.private" in tables:
            targets = sorted(name for name in given if name not in ("route_table_id", "destination_cidr_block"))
            if targets != ["nat_gateway_id"]:
                yield f"{address}: leads from a private subnet to {targets}"


def _references(expressions: dict[str, Any], argument: str) -> list[str]:
    found: list[str] = expressions.get(argument, {}).get("references", [])
    return found


GUARDS: dict[str, Guard] = {
    guard.__name__: guard for guard in (mwaas_network_lets_https_out_and_nothing_in, mwaas_subnets_lead_to_nat_only)
}
