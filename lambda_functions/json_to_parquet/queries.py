"""The SQL of the columnar path, from the contract. A producer's texts are parameters; only plain names get into SQL."""

import json
from collections.abc import Iterable, Sequence

from clickstream.contract import Column, Contract
from clickstream.judging.user_agents import FACTS
from clickstream.patterns import SCRUBBABLE
from json_to_parquet.suspicion import FRACTION, Shapes

# Rules whose values are worked out once per distinct text, by `clickstream.judging`.
LOOKED_UP = ("choice", "country", "currency", "decimal", "integer", "boolean", "url")
AGENT = "user_agent"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_OFFSET = "[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]"
_ISO = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    rf"(?:\.[0-9]{{1,9}})?(?:Z|{_OFFSET})?"
)
_MOST_BRACKETS = 49  # in a value; nested less deep than the contract's bound, surely


def looked_up(contract: Contract) -> tuple[Column, ...]:
    return tuple(column for column in contract.raw_columns if column.rule in LOOKED_UP)


def lines() -> str:
    """Parameters: numbers, texts, what is suspect. Blank and malformed lines fall out here, too."""
    return """
        CREATE OR REPLACE TEMP TABLE lines AS
        SELECT number, line, json_keys(line) AS names
        FROM (SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS line)
        WHERE NOT regexp_matches(line, ?) AND json_valid(line)
    """


SHAPES = "SELECT names FROM lines GROUP BY names ORDER BY count(*) DESC, names"


def fields(contract: Contract, unknown: Sequence[str]) -> str:
    """Parameters by name: structure, the one to read; shapes, the trusted lists of names; has_0, whether each of those
    has the first of the unknown names, and so on.
    """
    known = [
        f"nullif(coalesce({', '.join(f'nullif(f.{_name(name)}, {_EMPTY})' for name in column.raw_names)}), {_EMPTY}) "
        f"AS {_name(column.name)}"
        for column in contract.raw_columns
    ]
    others = [f"f.{_name(name)} AS {_unknown(name)}" for name in unknown]
    flags = [f", unnest(${flag}::BOOLEAN[]) AS {flag}" for flag in flag_names(unknown)]
    return f"""
        CREATE OR REPLACE TEMP TABLE fields AS
        SELECT * EXCLUDE (names, f), {", ".join(known + others)}
        FROM (
            SELECT *, json_transform(line, $structure) AS f
            FROM lines JOIN (SELECT unnest($shapes::VARCHAR[][]) AS names{"".join(flags)}) USING (names)
        )
    """  # noqa: S608


def flag_names(unknown: Sequence[str]) -> list[str]:
    """Columns that say whether a line has each of the unknown names."""
    return [f"has_{number}" for number in range(len(unknown))]


def structure(contract: Contract, unknown: Iterable[str]) -> str:
    known = dict.fromkeys(sorted(contract.known_raw_names), "VARCHAR")
    return json.dumps(known | dict.fromkeys(unknown, "JSON"))


def distinct_texts(contract: Contract) -> str:
    """One row: per looked-up column, then the user agents, a list of its distinct texts."""
    lists = [_distinct(column) for column in looked_up(contract)]
    return f"SELECT {', '.join(lists)}, list(DISTINCT {AGENT}) FILTER ({AGENT} IS NOT NULL) FROM fields"  # noqa: S608


def _distinct(column: Column) -> str:
    return f"list(DISTINCT {_key(column)}) FILTER ({_key(column)} IS NOT NULL)"


def _key(column: Column) -> str:
    """What is looked up. Most addresses have nothing that could be cut."""
    name = f"fields.{_name(column.name)}"
    return f"CASE WHEN regexp_matches({name}, '{SCRUBBABLE}') THEN {name} END" if column.rule == "url" else name


def lookup(column: Column) -> str:
    """Parameters: texts, NULL among them, and their values as text, NULL for those that have none."""
    return f"""
        CREATE OR REPLACE TEMP TABLE {_lookup(column.name)} AS
        SELECT unnest(?::VARCHAR[]) AS given, unnest(?::VARCHAR[])::{_type(column)} AS value
    """


def agents() -> str:
    """Parameters: user agents, then what each tells."""
    told = ", ".join(f"unnest(?::VARCHAR[]) AS {fact}" for fact in FACTS)
    return f"""
        CREATE OR REPLACE TEMP TABLE {_lookup(AGENT)} AS
        SELECT unnest(?::VARCHAR[]) AS given, {told}, unnest(?::BOOLEAN[]) AS is_bot
    """


def plain(contract: Contract, shapes: Shapes) -> str:
    """Adds the lines that are surely events. Parameters by name: earliest, latest, suspect_value."""
    columns = {column.name: _value(column) for column in contract.raw_columns if column.origin == "event"}
    columns["properties"] = _properties(shapes)
    chosen = ", ".join(f"{columns[name]} AS {_name(name)}" for name in stored_columns(contract))
    # Each line finds one row in each, NULL its own: LEFT JOIN would cut DuckDB's vectors in two, join after join.
    keys = {_lookup(column.name): _key(column) for column in looked_up(contract)} | {_lookup(AGENT): f"fields.{AGENT}"}
    joins = " ".join(f"JOIN {lookup} ON {key} IS NOT DISTINCT FROM {lookup}.given" for lookup, key in keys.items())
    return f"""
        INSERT INTO events
        SELECT number, line, {chosen}
        FROM (SELECT *, {_milliseconds("event_timestamp")} AS milliseconds FROM fields) AS fields {joins}
        WHERE {" AND ".join(_conditions(contract, shapes))}
    """  # noqa: S608


def stored_columns(contract: Contract) -> list[str]:
    """Columns of the table whose values come from a line."""
    derived = {"arrival_date", "source_object", "generation"}
    return [column.name for column in contract.table_columns if column.name not in derived]


def events(contract: Contract) -> str:
    """The events of the object so far, duplicates included; ``number`` is NULL where one was judged one by one."""
    types = {column.name: _type(column) for column in contract.table_columns} | {"event_timestamp": "BIGINT"}
    columns = ", ".join(f"{_name(name)} {types[name]}" for name in stored_columns(contract))
    return f"CREATE TABLE events (number INTEGER, line VARCHAR, {columns})"


def judged_events(contract: Contract) -> str:
    """Events that were judged one by one. Parameters: a list of texts per column, ``line`` first."""
    lists = ", ".join("unnest(?::VARCHAR[])" for _ in range(len(stored_columns(contract)) + 1))
    return f"INSERT INTO events SELECT NULL, {lists}"


# Parameters by name: the first number of the block, and the one behind its last.
LEFT_OVER = """
    SELECT number FROM (SELECT unnest(range($start, $stop)) AS number)
    ANTI JOIN (SELECT number FROM events WHERE number >= $start) USING (number) ORDER BY number
"""
# The earliest of an id stays, by time, then the digest of the record.
REPEATS = """
    CREATE TEMP TABLE repeats AS
    SELECT rowid AS id, line <> first(line) OVER earliest AS conflicts
    FROM events SEMI JOIN (SELECT event_id FROM events GROUP BY ALL HAVING count(*) > 1) USING (event_id)
    WINDOW earliest AS (PARTITION BY event_id ORDER BY event_timestamp, md5(line), rowid)
    QUALIFY row_number() OVER earliest > 1
"""
COUNT_REPEATS = "SELECT count(*), count(*) FILTER (conflicts) FROM repeats"
DROP_REPEATS = "DELETE FROM events WHERE rowid IN (SELECT id FROM repeats)"
COUNT_ROWS = "SELECT count(*), count(*) FILTER (event_timestamp >= ? AND event_timestamp < ?) FROM events"


def parquet(contract: Contract) -> str:
    """Parameters by name: path, start, end (milliseconds), arrival_date, source_object, generation."""
    derived = {name: f"${name}" for name in ("source_object", "generation")} | {
        "arrival_date": "$arrival_date::DATE",
        "event_timestamp": "epoch_ms(event_timestamp)::TIMESTAMP_MS",
    }
    columns = ", ".join(
        f"{derived.get(column.name, _name(column.name))} AS {_name(column.name)}" for column in contract.table_columns
    )
    return f"""
        COPY (
            SELECT {columns} FROM events AS e WHERE e.event_timestamp >= $start AND e.event_timestamp < $end
            ORDER BY e.event_type, e.event_timestamp, e.event_id
        ) TO '$path' (FORMAT parquet, COMPRESSION zstd)
    """  # noqa: S608


_EMPTY = "''"


def _name(name: str) -> str:
    """Quoted; the names are the contract's, or plain ones."""
    return f'"{name}"'


def _unknown(name: str) -> str:
    return _name(f"unknown {name}")


def _lookup(name: str) -> str:
    return _name(f"lookup {name}")


def _type(column: Column) -> str:
    return {"string": "VARCHAR", "timestamp": "BIGINT"}.get(column.type, column.type)


def _value(column: Column) -> str:
    given, found = f"fields.{_name(column.name)}", f"{_lookup(column.name)}.value"
    told = f"{_lookup(AGENT)}.{_name(column.name)}"
    if column.name == "is_bot":
        said_bot = f"coalesce({_lookup('device_type')}.value = 'bot', false)"
        return f"coalesce({found}, {said_bot} OR coalesce({told}, false))"
    if column.name in FACTS:
        return f"coalesce({found if column.rule in LOOKED_UP else given}, {told})"
    if column.rule == "url":
        return f"coalesce({found}, {given})"
    return {"uuid": f"lower({given})", "timestamp": "milliseconds"}.get(
        column.rule, found if column.rule in LOOKED_UP else given
    )


def _conditions(contract: Contract, shapes: Shapes) -> list[str]:
    """What a line must fulfil to be an event, surely; the rest is judged one by one."""
    valid = [
        f"(fields.{_name(column.name)} IS NULL OR {_lookup(column.name)}.value IS NOT NULL)"
        for column in looked_up(contract)
        if column.rule != "url"
    ]
    required = [f"trim(fields.{_name(c.name)}, E' \\t\\r\\n\\f\\x0B') <> ''" for c in contract.required_columns]
    unknown = [
        f"NOT ({flag} AND {_is_suspect(name)})"
        for flag, name in zip(flag_names(shapes.unknown), shapes.unknown, strict=True)
    ]
    return [
        "milliseconds BETWEEN $earliest AND $latest",
        f"regexp_full_match(event_id, '{_UUID}')",
        *required, *valid, *unknown,
    ]  # fmt: skip


def _is_suspect(name: str) -> str:
    """A string's text is what the producer sent; the text of anything else was made anew.

    CASE, since DuckDB works out every side of AND and OR, and few lines need the last look.
    """
    value = f"{_unknown(name)}::VARCHAR"
    brackets = f"length({value}) - length(translate({value}, '[{{', '')) > {_MOST_BRACKETS}"
    return f"""CASE
        WHEN starts_with({value}, '"') THEN false
        WHEN regexp_matches({value}, $suspect_value) OR {brackets} THEN true
        WHEN regexp_matches({value}, '{FRACTION}') THEN NOT {_is_as_sent(name)}
        ELSE false
    END"""


def _is_as_sent(name: str) -> str:
    """Whether the very text of the value stands behind its name, and the name stands in the line only once."""
    key = f"'\"{name}\"'"
    behind = f"ltrim(substr(line, strpos(line, {key}) + {len(name) + 2}), ': ')"
    ends = " OR ".join(f"starts_with({behind}, {_unknown(name)}::VARCHAR || '{end}')" for end in ",} ")
    return f"(NOT contains({behind}, {key}) AND ({ends}))"


def _properties(shapes: Shapes) -> str:
    if not shapes.unknown:
        return "NULL::VARCHAR"
    flags = flag_names(shapes.unknown)
    members = ", ".join(
        f"CASE WHEN {flag} THEN '\"{name}\":' || {_member(name, name in shapes.personal)} END"
        for flag, name in zip(flags, shapes.unknown, strict=True)
    )
    return f"CASE WHEN {' OR '.join(flags)} THEN '{{' || concat_ws(',', {members}) || '}}' END"


def _member(name: str, is_personal: bool) -> str:
    return "'null'" if is_personal else f"coalesce({_unknown(name)}::VARCHAR, 'null')"


def _milliseconds(name: str) -> str:
    """NULL where the text is no instant, or one in a form that `clickstream.judging` must read."""
    text = _name(name)
    # The cast cuts what is less than a microsecond, and does not look at the offset; epoch_ms would round.
    local = f"epoch_us(try_cast({text} AS TIMESTAMP)) // 1000"
    digits = f"right(replace({text}, ':', ''), 5)"
    minutes = f"left(right({digits}, 4), 2)::BIGINT * 60 + right({digits}, 2)::BIGINT"
    offset = f"CASE WHEN starts_with({digits}, '-') THEN -60000 ELSE 60000 END * ({minutes})"
    number = f"try_cast({text} AS BIGINT)"
    return f"""CASE
        WHEN regexp_full_match({text}, '{_ISO}') THEN
            {local} - CASE WHEN NOT ends_with({text}, 'Z') AND regexp_matches({text}, '{_OFFSET}$')
                THEN {offset} ELSE 0 END
        WHEN regexp_full_match({text}, '[0-9]{{1,11}}') THEN {number} * 1000
        WHEN regexp_full_match({text}, '[0-9]{{12,14}}') AND NOT starts_with({text}, '0') THEN {number}
        WHEN regexp_full_match({text}, '[0-9]{{15,17}}') AND NOT starts_with({text}, '0') THEN {number} // 1000
    END"""
