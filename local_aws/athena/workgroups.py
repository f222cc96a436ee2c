"""Workgroups: where results go, how much a query may scan, whether it may run at all.

Supports: name, description, state, tags (kept, not interpreted), ResultConfiguration.OutputLocation,
EnforceWorkGroupConfiguration, BytesScannedCutoffPerQuery, EngineVersion 3 (or AUTO, which is 3). Does not support:
managed query results, other engines.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from local_aws.athena.requests import invalid, next_page, required
from local_aws.clock import Clock
from local_aws.engine import Operation, Reply

PRIMARY = "primary"
MIN_CUTOFF = 10_000_000  # bytes; Athena refuses less
ENGINE_VERSION = "Athena engine version 3"
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}
DEFAULTS: dict[str, Any] = {
    "EnforceWorkGroupConfiguration": True,
    "PublishCloudWatchMetricsEnabled": True,
    "RequesterPaysEnabled": False,
    "ResultConfiguration": {},
    "EngineVersion": ENGINE,
}
REFUSED = ("ManagedQueryResultsConfiguration", "ExecutionRole", "IdentityCenterConfiguration")
NO_LOCATION = (
    "No output location provided. An output location is required either through the Workgroup result configuration"
    " setting or as an API input."
)


class WorkGroups:
    """The account's workgroups; ``primary`` is there from the start, with nothing configured or enforced."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._groups: dict[str, dict[str, Any]] = {}
        self._add(PRIMARY, {"EnforceWorkGroupConfiguration": False}, "")

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "CreateWorkGroup": self.create,
            "GetWorkGroup": lambda body: {"WorkGroup": deepcopy(self.find(required(body, "WorkGroup")))},
            "UpdateWorkGroup": self.update,
            "DeleteWorkGroup": self.delete,
            "ListWorkGroups": self.list_groups,
        }

    def create(self, body: dict[str, Any]) -> Reply:
        name = required(body, "Name")
        if name in self._groups:
            raise invalid("WorkGroup is already created")
        self._add(name, body.get("Configuration", {}), body.get("Description", ""))
        return {}

    def _add(self, name: str, configuration: dict[str, Any], description: str) -> None:
        _check(configuration)
        self._groups[name] = {
            "Name": name,
            "State": "ENABLED",
            "Description": description,
            "CreationTime": self._clock.now().timestamp(),
            "Configuration": deepcopy(DEFAULTS) | deepcopy(configuration) | _engine(configuration, ENGINE),
        }

    def find(self, name: str) -> dict[str, Any]:
        if name not in self._groups:
            raise invalid(f"WorkGroup {name} is not found.")
        return self._groups[name]

    def usable(self, name: str) -> dict[str, Any]:
        """The configuration of a workgroup in which a query may start."""
        group = self.find(name)
        if group["State"] != "ENABLED":
            raise invalid(f"WorkGroup {name} is disabled.")
        return dict(group["Configuration"])

    def update(self, body: dict[str, Any]) -> Reply:
        group = self.find(required(body, "WorkGroup"))
        updates = dict(body.get("ConfigurationUpdates", {}))
        result = _updated_result(group["Configuration"]["ResultConfiguration"], updates)
        removed = {"BytesScannedCutoffPerQuery"} if updates.pop("RemoveBytesScannedCutoffPerQuery", False) else set()
        _check(updates)
        kept = {name: value for name, value in group["Configuration"].items() if name not in removed}
        group["Configuration"] = (
            kept | updates | {"ResultConfiguration": result} | _engine(updates, kept["EngineVersion"])
        )
        group |= {name: body[name] for name in ("Description", "State") if name in body}
        return {}

    def delete(self, body: dict[str, Any]) -> Reply:
        name = required(body, "WorkGroup")
        if name == PRIMARY:
            raise invalid("Primary workgroup cannot be deleted")
        self.find(name)
        del self._groups[name]
        return {}

    def list_groups(self, body: dict[str, Any]) -> Reply:
        shown = ("Name", "State", "Description", "CreationTime")
        groups = [{name: group[name] for name in shown} for _, group in sorted(self._groups.items())]
        return next_page(body, "WorkGroups", groups, 50)


def _updated_result(result: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    changes = dict(updates.pop("ResultConfigurationUpdates", {}))
    location = {} if changes.pop("RemoveOutputLocation", False) else result
    return location | {name: value for name, value in changes.items() if not name.startswith("Remove")}


def _engine(configuration: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    return {
        "EngineVersion": current | configuration.get("EngineVersion", {}) | {"EffectiveEngineVersion": ENGINE_VERSION}
    }


def _check(configuration: dict[str, Any]) -> None:
    for name in REFUSED:
        if configuration.get(name):
            raise invalid(f"{name} is not supported by the local Athena")
    engine = configuration.get("EngineVersion", {}).get("SelectedEngineVersion", "AUTO")
    if engine not in ("AUTO", ENGINE_VERSION):
        raise invalid(f"engine version {engine!r} is not supported by the local Athena, which is {ENGINE_VERSION!r}")
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < MIN_CUTOFF:
        raise invalid(f"BytesScannedCutoffPerQuery must be at least {MIN_CUTOFF} bytes, got {cutoff}")


def output_location(configuration: dict[str, Any], asked: str | None) -> str:
    """The s3:// folder for a query's files: the workgroup's where it is enforced, else the request's, else its own."""
    own = configuration["ResultConfiguration"].get("OutputLocation")
    location = own if configuration["EnforceWorkGroupConfiguration"] and own else asked or own
    if not location:
        raise invalid(NO_LOCATION, "INVALID_INPUT")
    if not location.startswith("s3://"):
        raise invalid(f"outputLocation is not a valid S3 path: {location}", "INVALID_INPUT")
    return str(location).rstrip("/") + "/"
