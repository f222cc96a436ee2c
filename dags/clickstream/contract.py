"""The event contract, `event_contract.json`, as values that Spark, Glue, Athena and the checks are built from."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from clickstream.resources import read_json

EVENT, DERIVED, RAW_ONLY = "event", "derived", "raw_only"
IGNORED_IN_NAMES = "-_. "  # ipAddress, ip_address and ip-address are one name


@dataclass(frozen=True)
class Column:
    """One field of the contract. ``type`` is the Hive type; ``origin`` says who gives the value.

    ``origin``: ``event`` the producer, into the table; ``derived`` the pipeline; ``raw_only`` the producer, used and
    dropped. ``rule`` names how a value is judged (``text`` accepts any text). ``when_unknown`` (choices only) is a
    quarantine reason or the accepted value to use instead.
    """

    name: str
    type: str
    description: str
    origin: str = EVENT
    rule: str = "text"
    required_for: str = ""
    aliases: tuple[str, ...] = ()
    accepted_values: tuple[str, ...] = ()
    value_aliases: dict[str, str] = field(default_factory=dict)
    when_unknown: str = ""
    minimum: int | None = None
    sensitivity: str = ""
    unit: str = ""

    @cached_property
    def is_required(self) -> bool:
        return self.required_for == "every_event"

    @cached_property
    def raw_names(self) -> tuple[str, ...]:
        """Names under which a producer may send the field; the first that has a value counts."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Contract:
    version: int
    max_nesting_depth: int
    personal_url_parameters: tuple[str, ...]
    personal_property_names: tuple[str, ...]  # of unknown fields, beside the URL parameters' names
    partition_keys: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def table_columns(self) -> tuple[Column, ...]:
        """Columns of the table, in order, partition keys left out."""
        return tuple(column for column in self.columns if column.origin != RAW_ONLY)

    @cached_property
    def raw_columns(self) -> tuple[Column, ...]:
        """Fields that a producer may send."""
        return tuple(column for column in self.columns if column.origin != DERIVED)

    @property
    def required_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_required)

    @cached_property
    def known_raw_names(self) -> frozenset[str]:
        """Every field name that is not `properties`' business."""
        return frozenset(name for column in self.raw_columns for name in column.raw_names)

    @cached_property
    def personal_names(self) -> tuple[str, ...]:
        """Names of unknown fields whose values must go, bare (see ``bare_name``) and sorted."""
        raw_only = (name for column in self.columns if column.origin == RAW_ONLY for name in column.raw_names)
        names = {*self.personal_url_parameters, *self.personal_property_names, *raw_only}
        return tuple(sorted({bare_name(name) for name in names}))

    def column(self, name: str) -> Column:
        """The column, or KeyError that names the contract file."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"no column {name!r} in event_contract.json")


def bare_name(name: str) -> str:
    return name.lower().translate(str.maketrans("", "", IGNORED_IN_NAMES))


def parse_contract(document: dict[str, Any]) -> Contract:
    """A contract from its JSON document; a key that no column knows is an error, so that a typing slip is seen."""
    return Contract(
        version=document["version"],
        max_nesting_depth=document["max_nesting_depth"],
        personal_url_parameters=tuple(document["personal_url_parameters"]),
        personal_property_names=tuple(document["personal_property_names"]),
        partition_keys=tuple(document["partition_keys"]),
        columns=tuple(_parse_column(entry) for entry in document["columns"]),
    )


def _parse_column(entry: dict[str, Any]) -> Column:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    try:
        return Column(**values)
    except TypeError as error:
        raise ValueError(f"event_contract.json, column {entry.get('name')!r}: {error}") from error


@cache
def load_contract() -> Contract:
    """The packaged contract."""
    return parse_contract(read_json("event_contract.json"))
