"""The same work in DuckDB, as who knows it would write it: verdicts, quarantine, one row per id, scrubbed URLs.

Left out: what the benchmark's data does not hold (several records on a line, surrogates, a name twice, nested values,
other spellings of a UUID or a time). DuckDB's JSON is not strict: it takes NaN and a comma before the closing brace.
"""

import json
import sys
from pathlib import Path

import duckdb

from clickstream.contract import load_contract
from clickstream.judging import user_agents

DAY_START, DAY_END = "TIMESTAMP '2026-03-05'", "TIMESTAMP '2026-03-06'"
CONTRACT = load_contract()
RAW = [column.name for column in CONTRACT.raw_columns]
STRUCTURE = json.dumps(dict.fromkeys(sorted(CONTRACT.known_raw_names), "VARCHAR"))
GIVEN = ", ".join(
    f"{column.name} := coalesce({', '.join(f'nullif(raw.{name}, {chr(39) * 2})' for name in column.raw_names)})"
    for column in CONTRACT.raw_columns
)


def main(raw: str, target: str) -> None:
    db = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": f"{target}/spilled"})
    Path(target).mkdir(parents=True)
    db.execute(f"""CREATE TABLE parsed AS
        WITH lines AS (
            SELECT line, filename FROM read_csv('{raw}/**/*.gz', columns = {{'line': 'VARCHAR'}}, delim = '\\x01',
                quote = '', escape = '', header = false, auto_detect = false, filename = true,
                ignore_errors = true, store_rejects = true)
        ), typed AS (SELECT *, CASE WHEN json_valid(line) THEN json_type(line) END AS kind FROM lines
        ), read AS (SELECT *, CASE WHEN kind = 'OBJECT' THEN from_json(line, '{STRUCTURE}') END AS raw FROM typed)
        SELECT * EXCLUDE (raw), CASE WHEN kind = 'OBJECT' THEN struct_pack({GIVEN}) END AS e FROM read""")
    agents = [row[0] for row in db.execute("SELECT DISTINCT e.user_agent FROM parsed WHERE e IS NOT NULL").fetchall()]
    db.execute("CREATE TABLE agents (agent VARCHAR, device VARCHAR, browser VARCHAR, os VARCHAR, bot BOOLEAN)")
    db.executemany("INSERT INTO agents VALUES (?, ?, ?, ?, ?)", [facts(agent) for agent in agents])
    db.execute(f"CREATE TABLE judged AS {JUDGED}")
    db.execute("DROP TABLE parsed")
    db.execute(f"""COPY (SELECT reason, line, filename FROM judged WHERE reason IS NOT NULL UNION ALL
        SELECT 'bad_encoding', csv_line, file_path FROM reject_errors JOIN reject_scans USING (scan_id, file_id))
        TO '{target}/quarantine.json.gz'""")
    db.execute(f"""COPY (SELECT * EXCLUDE (reason, line, filename, content) FROM judged WHERE reason IS NULL
        QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY event_timestamp, content, filename) = 1
        ORDER BY event_type, event_timestamp)
        TO '{target}/rows' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (event_day))""")
    rows = db.execute(f"SELECT count(*) FROM read_parquet('{target}/rows/**/*.parquet')").fetchone()
    bad = db.execute(f"SELECT count(*) FROM read_json('{target}/quarantine.json.gz')").fetchone()
    print(json.dumps({"rows": rows[0], "quarantined": bad[0]}))


def facts(agent: str | None) -> list[object]:
    told = [user_agents.fact(agent, name) for name in ("device_type", "browser", "os")]
    return [agent, *told, user_agents.is_bot(agent)]


def choice(name: str) -> str:
    """A known value in lower case, an alias' meaning, or NULL."""
    column = CONTRACT.column(name)
    known = ", ".join(f"'{x}'" for x in column.accepted_values)
    aliases = " ".join(f"WHEN '{alias}' THEN '{meant}'" for alias, meant in column.value_aliases.items())
    text = f"lower(trim(e.{name}))"
    return f"CASE {text} {aliases} ELSE CASE WHEN {text} IN ({known}) THEN {text} END END"


def scrubbed(name: str) -> str:
    names = "|".join(CONTRACT.personal_url_parameters)
    without = f"regexp_replace(regexp_replace(e.{name}, '#.*$', ''), '//[^/?]*@', '//')"
    return rf"regexp_replace({without}, '([?&;])({names})=[^&;]*', '\1\2=', 'gi')"


VALUES = {
    "event_id": "CASE WHEN regexp_full_match(lower(e.event_id), "
    "'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') THEN lower(e.event_id) END",
    "event_type": choice("event_type"),
    "event_timestamp": "TRY_CAST(e.event_timestamp AS TIMESTAMP_MS)",
    "page_url": scrubbed("page_url"),
    "referrer": scrubbed("referrer"),
    "country": "CASE WHEN regexp_full_match(e.country, '[A-Za-z]{2}') THEN upper(e.country) END",
    "currency": "CASE WHEN regexp_full_match(e.currency, '[A-Za-z]{3}') THEN upper(e.currency) END",
    "device_type": f"coalesce({choice('device_type')}, CASE WHEN e.device_type IS NOT NULL THEN 'other' END, "
    "CASE WHEN bot THEN 'bot' ELSE device END)",
    "browser": "coalesce(e.browser, agents.browser)",
    "os": "coalesce(e.os, agents.os)",
    "is_bot": "coalesce(TRY_CAST(e.is_bot AS BOOLEAN), bot, false)",
    "price": "CASE WHEN TRY_CAST(e.price AS DOUBLE) >= 0 THEN TRY_CAST(e.price AS DECIMAL(12, 2)) END",
    "order_value": "CASE WHEN TRY_CAST(e.order_value AS DOUBLE) >= 0 "
    "THEN TRY_CAST(e.order_value AS DECIMAL(14, 2)) END",
    "quantity": "CASE WHEN TRY_CAST(e.quantity AS DOUBLE) >= 1 AND TRY_CAST(e.quantity AS DOUBLE) % 1 = 0 "
    "THEN TRY_CAST(e.quantity AS DOUBLE)::INT END",
}
KEPT = [name for name in RAW if name not in ("ip_address", "user_agent")]
KNOWN = ", ".join(f"'{name}'" for name in sorted(CONTRACT.known_raw_names))
WITHOUT_KNOWN = json.dumps(dict.fromkeys(sorted(CONTRACT.known_raw_names)))
INVALID = " ".join(
    f"WHEN e.{name} IS NOT NULL AND v.{name} IS NULL THEN 'invalid_{name}'"
    for name in ("event_id", "event_timestamp", "country", "currency", "price", "order_value", "quantity")
)
JUDGED = f"""
WITH valued AS (
    SELECT line, filename, kind, e, md5(line) AS content,
        struct_pack({", ".join(f"{name} := {VALUES.get(name, f'e.{name}')}" for name in KEPT)}) AS v,
        CASE WHEN kind = 'OBJECT' AND len(list_filter(json_keys(line), lambda k: k NOT IN ({KNOWN}))) > 0
            THEN json_merge_patch(line, '{WITHOUT_KNOWN}') END AS properties
    FROM parsed LEFT JOIN agents ON agents.agent IS NOT DISTINCT FROM e.user_agent
)
SELECT line, filename, content, v.*, properties, strftime(v.event_timestamp, '%Y-%m-%d') AS event_day,
    DATE '2026-03-05' AS arrival_date, filename AS source_object, 'benchmark' AS generation,
    CASE WHEN trim(line) = '' THEN 'blank' WHEN kind IS NULL THEN 'malformed_json'
        WHEN kind <> 'OBJECT' THEN 'not_an_object'
        WHEN e.event_id IS NULL THEN 'missing_event_id'
        WHEN e.event_type IS NULL THEN 'missing_event_type'
        WHEN v.event_type IS NULL THEN 'unknown_event_type'
        WHEN e.event_timestamp IS NULL THEN 'missing_event_timestamp'
        WHEN trim(coalesce(e.session_id, '')) = '' THEN 'missing_session_id'
        {INVALID}
        WHEN v.event_timestamp < {DAY_START} - INTERVAL 7 DAY THEN 'too_late'
        WHEN v.event_timestamp > {DAY_END} + INTERVAL 1 HOUR THEN 'in_the_future' END AS reason
FROM valued"""

if __name__ == "__main__":
    main(*sys.argv[1:])
