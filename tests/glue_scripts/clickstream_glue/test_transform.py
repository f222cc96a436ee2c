"""What holds for all transforms together: no Python per row, each good line parsed once, and the same under ANSI."""

import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clickstream import settings
from clickstream.contract import load_contract
from clickstream_glue import transform
from tests.corpus import ARRIVAL_DAY, all_cases

pytestmark = pytest.mark.slow
COMPARED = [column.name for column in load_contract().raw_columns if column.name not in ("ip_address", "user_agent")]


@pytest.fixture(scope="module")
def lines(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    raw: Path = tmp_path_factory.mktemp("corpus") / "hour=10"
    raw.mkdir()
    for case in all_cases():
        for number, found in enumerate(case.objects):
            if "unreadable_object" not in case.quarantined and case.blank < 1000:
                (raw / f"{case.id}-{number}.gz").write_bytes(found.data or gzip.compress(b""))
    return spark.read.text(str(raw), lineSep="\n").selectExpr("value", "_metadata.file_path as source_object")


def judged(lines: Any) -> Any:
    return transform.judged(lines, load_contract(), ARRIVAL_DAY, settings.limits())


def test_no_row_passes_through_python(lines: Any) -> None:
    plan = (
        transform.rows(lines, load_contract(), ARRIVAL_DAY, settings.limits(), "g", 2)._jdf.queryExecution().toString()
    )
    assert "SortMergeJoin" not in plan
    assert not [word for word in ("Python", "ArrowEval", "FlatMapGroups", "MapInPandas") if word in plan]


def test_ansi_mode_changes_no_verdict_and_no_value(spark: Any, lines: Any) -> None:
    outcomes = []
    for ansi in ("false", "true"):
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        try:
            rows = judged(lines).select("source_object", "verdict", "reason", "properties", *COMPARED).collect()
        finally:
            spark.conf.unset("spark.sql.ansi.enabled")
        outcomes.append(Counter(map(str, rows)))
    assert sum(outcomes[0].values()) > 1000
    assert outcomes[0] == outcomes[1]


def test_good_line_is_parsed_once(lines: Any) -> None:
    """One generator with two parsings, each given NULL for the lines that are the other's; two more stand behind
    conditions: of what is no object, and of lines with unknown fields.
    """
    plan = judged(lines)._jdf.queryExecution().optimizedPlan().toString()
    parsing = [text for text in plan.splitlines() if "from_json(" in text]
    assert [text.count("from_json(") for text in parsing if "explode(array(struct(" in text] == [2]
    assert all("CASE WHEN" in text for text in parsing if "explode(array(struct(" not in text)
