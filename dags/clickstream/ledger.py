"""The ledger of a run: what became of every line. Written once, last, by the job; a run without one does not exist."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class InputObject:
    """A raw object that the run read. ``etag`` without quotes; ``lines`` as the preflight counted them."""

    key: str
    size: int
    etag: str
    lines: int


@dataclass(frozen=True)
class OutputFile:
    """A Parquet file that the run wrote (final key). ``event_day`` as YYYY-MM-DD."""

    key: str
    event_day: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Ledger:
    """One run of one arrival day. Counts are records.

    ``lines``: physical lines as the preflight counted them (an unreadable object counts as one: its reference);
    ``split``: records beyond the first on lines that held several (``}{``). ``duplicates`` includes ``conflicting``
    (same id, other content). ``accepted`` = ``main_rows`` + ``candidate_rows`` = rows of ``files``, from their footers.
    """

    run_id: str
    arrival_day: str
    contract_version: int
    written_at: str
    inputs: tuple[InputObject, ...]
    lines: int
    split: int
    blank: int
    accepted: int
    main_rows: int
    duplicates: int
    conflicting: int
    quarantined: Mapping[str, int] = field(default_factory=dict)
    rows_per_event_day: Mapping[str, int] = field(default_factory=dict)
    unknown_fields: Mapping[str, int] = field(default_factory=dict)
    files: tuple[OutputFile, ...] = ()

    @property
    def objects(self) -> frozenset[tuple[str, str]]:
        """Key and ETag of everything that the run read."""
        return frozenset((one.key, one.etag) for one in self.inputs)

    @property
    def records(self) -> int:
        return self.lines + self.split

    @property
    def quarantined_total(self) -> int:
        return sum(self.quarantined.values())

    @property
    def candidate_rows(self) -> int:
        return self.accepted - self.main_rows

    @property
    def quarantined_share(self) -> float:
        """Of the records that are not blank; 0.0 where there are none."""
        judged = self.records - self.blank
        return self.quarantined_total / judged if judged else 0.0

    def problems(self) -> list[str]:
        """Why this ledger must not be believed; empty when every record is accounted for."""
        accounted = self.accepted + self.duplicates + self.quarantined_total + self.blank
        found = []
        if self.records != accounted:
            found.append(
                f"{self.records} records ({self.lines} lines + {self.split} split) but {accounted} accounted for: "
                f"accepted {self.accepted} + duplicates {self.duplicates} + quarantined {self.quarantined_total} "
                f"+ blank {self.blank}"
            )
        per_day = dict(self.rows_per_event_day)
        if sum(per_day.values()) != self.accepted:
            found.append(f"rows per event day sum to {sum(per_day.values())}, accepted is {self.accepted}")
        if per_day.get(self.arrival_day, 0) != self.main_rows:
            found.append(f"{per_day.get(self.arrival_day, 0)} rows of the arrival day, main_rows is {self.main_rows}")
        if sum(file.rows for file in self.files) != self.accepted:
            found.append(f"files hold {sum(file.rows for file in self.files)} rows, accepted is {self.accepted}")
        return found

    def summary(self) -> dict[str, Any]:
        """What became of the records, as JSON takes it: without the lists of objects and files."""
        return {
            "run_id": self.run_id,
            "arrival_day": self.arrival_day,
            "written_at": self.written_at,
            "lines": self.lines,
            "records": self.records,
            "accepted": self.accepted,
            "main_rows": self.main_rows,
            "late_rows": self.candidate_rows,
            "duplicates": self.duplicates,
            "conflicting": self.conflicting,
            "blank": self.blank,
            "quarantined": dict(self.quarantined),
            "quarantined_share": self.quarantined_share,
            "inputs": len(self.inputs),
        }

    def to_json(self) -> str:
        """One line of JSON, so that Athena's JSON table reads it."""
        return json.dumps(asdict(self), separators=(",", ":"))


def parse_ledger(text: str | bytes) -> Ledger:
    """A ledger from its JSON; ValueError where it is none."""
    try:
        document: dict[str, Any] = json.loads(text)
        inputs = tuple(InputObject(**entry) for entry in document.pop("inputs"))
        files = tuple(OutputFile(**entry) for entry in document.pop("files"))
        return Ledger(inputs=inputs, files=files, **document)
    except (TypeError, KeyError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"expected a ledger's JSON: {error}") from error
