"""The page's application without Airflow around it; within the real API server: tests/operations/test_page.py."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from fastapi import HTTPException
from fastapi.testclient import TestClient

from clickstream import layout
from clickstream.operations.days import State
from clickstream.settings import SettingsError
from clickstream_airflow.operations import answers
from clickstream_airflow.operations import app as module
from local_airflow.environment import REPOSITORY
from tests.operations.made_books import (
    MadeBooks,
    checked,
    good_days,
    hostile_check,
    made_checks,
    made_ledger,
    raw_key,
)

GUIDE = REPOSITORY / "docs" / "operations.md"
TODAY = datetime.now(UTC).date()
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def no_questions():
    return None


@pytest.fixture
def client(stack, monkeypatch):
    monkeypatch.setattr(module, "requires_access_dag", lambda *_: no_questions)
    return TestClient(module.make_app())


@pytest.fixture
def books(stack):
    return MadeBooks(stack.catalog)


def test_it_asks_airflow_whether_the_reader_may_read_the_daily_dag(monkeypatch):
    asked = []

    def requires(*question):
        def refuse():
            asked.append(question)
            raise HTTPException(403)

        return refuse

    monkeypatch.setattr(module, "requires_access_dag", requires)
    refused = TestClient(module.make_app())
    paths = ("/", "/days/2024-12-25", "/api/days", "/openapi.json")
    assert [refused.get(path).status_code for path in paths] == [403] * 4
    assert set(asked) == {("GET", None, "clickstream_daily")}


def test_an_empty_deployment_says_what_to_do(client):
    text = client.get("/").text
    assert "No day is published yet" in text
    assert "Send events to the stream" in text
    assert client.get("/api/days").json()["headline"] == "No day is published yet"


def test_the_days_of_the_range_and_their_states(client, books):
    books.write_all(good_days(TODAY - timedelta(days=5), TODAY - timedelta(days=2)))
    books.commit("p1")
    answer = client.get("/api/days", params={"from": str(TODAY - timedelta(days=6)), "to": str(TODAY)}).json()
    assert [one["state"] for one in answer["days"]] == [
        "none", *["published"] * 4, answer["days"][5]["state"], "live",
    ]  # fmt: skip
    assert answer["days"][5]["state"] in ("missing", "running", "live"), "yesterday, which closes at 00:45"
    ledger = answer["days"][1]["published"]
    assert ledger["records"] == ledger["accepted"] + ledger["duplicates"] + sum(ledger["quarantined"].values())
    assert answer["last_publication"]
    assert answer["last_event"] == f"{TODAY - timedelta(days=1)}T00:00:00Z"


def test_without_a_range_it_is_the_last_quarter(client):
    days = client.get("/api/days").json()["days"]
    assert (len(days), days[-1]["day"]) == (91, str(TODAY))


def test_where_nothing_was_published_for_weeks_it_ends_with_the_last_published_day(client, books):
    old = TODAY - timedelta(days=400)
    books.write_all(good_days(old - timedelta(days=2), old))
    books.commit("p1")
    answer = client.get("/api/days").json()
    assert (answer["days"][-1]["day"], answer["last_published_day"]) == (str(old), str(old))
    assert answer["headline"] == f"You can trust {old}"
    assert client.get("/api/days", params={"to": str(TODAY)}).json()["headline"] == "No day of this range is published"


@pytest.mark.parametrize(
    "range_",
    [
        {"from": "2026-13-40"}, {"to": "../x"}, {"from": "2024-12-26", "to": "2024-12-25"}, {"to": "0001-01-01"},
        {"from": "2000-01-01", "to": "2024-01-01"}, {"from": "1" * 500},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/days"])
def test_what_is_no_range_of_days_is_refused(client, path, range_):
    answer = client.get(path, params=range_)
    assert answer.status_code in (400, 422)
    assert "../x" not in answer.text


def test_a_page_of_what_is_no_day_is_refused(client):
    assert client.get("/days/2026-13-40").status_code == 400


def test_the_interface_is_documented(client):
    document = client.get("/openapi.json").json()
    (path,) = document["paths"]
    assert path == "/api/days"
    assert [one["name"] for one in document["paths"][path]["get"]["parameters"]] == ["from", "to"]
    assert {"DaysAnswer", "DayAnswer", "LedgerAnswer"} <= set(document["components"]["schemas"])
    assert {"200", "400", "401", "403", "502"} <= set(document["paths"][path]["get"]["responses"])
    assert client.get("/docs").status_code == 404, "it would load its scripts from elsewhere"


def test_a_days_page_has_ledger_checks_generations_and_query(client, books):
    day = TODAY - timedelta(days=3)
    books.write(made_ledger(day))
    books.write(made_ledger(day, 1100, "jr_2"))
    books.commit("p1")
    text = client.get(f"/days/{day}").text.replace("<wbr>", "")
    for words in (f"{day} is published", "1,122", "malformed_json", "superseded", "current", "repeated_event_ids"):
        assert words in text
    assert f'data-roll-back="{day}-jr_1"' in text
    assert f'data-roll-back="{day}-jr_2"' not in text
    assert f"day = &#39;{day:%d}&#39;" in text


def test_a_day_whose_newest_run_readers_do_not_see_has_its_ledger_too(client, books):
    day, newest = TODAY - timedelta(days=3), "Ledger of the newest run, which readers do not see"
    books.write(made_ledger(day, quarantined={"too_large": 7}), is_shown=False)
    alone = client.get(f"/days/{day}").text
    assert re.findall('<h2 id="ledger.">(.*?)</h2>', alone) == [newest]
    assert "too_large" in alone
    books.write(made_ledger(day, 1100, "jr_2"))
    books.commit("p1")
    assert re.findall('<h2 id="ledger.">(.*?)</h2>', client.get(f"/days/{day}").text) == ["Ledger"]
    books.write(made_ledger(day, 900, "jr_3", quarantined={"too_late": 7}), is_shown=False)
    both = client.get(f"/days/{day}").text
    assert re.findall('<h2 id="ledger.">(.*?)</h2>', both) == ["Ledger", newest]
    assert both.index("malformed_json") < both.index(newest) < both.index("too_late")


def test_each_row_of_missing_days_has_its_own_backfill(client, books):
    gone = [TODAY - timedelta(days=number) for number in (4, 6, 7, 9)]
    every = good_days(TODAY - timedelta(days=12), TODAY - timedelta(days=2))
    books.write_all(one for one in every if one.arrival_day not in map(str, gone))
    books.commit("p1")
    found = re.findall('data-from="(.*?)" data-to="(.*?)"', client.get("/", params={"to": str(gone[0])}).text)
    assert found == [(str(first), str(last)) for first, last in (gone[:1] * 2, gone[2:0:-1], gone[3:] * 2)]


def test_a_days_page_reads_what_it_shows_and_what_is_usual(client, monkeypatch):
    asked, read = [], module.Reader.read
    monkeypatch.setattr(module.Reader, "read", lambda *given: asked.append(given[1:3]) or read(*given))
    client.get(f"/days/{TODAY}")
    assert asked == [(TODAY - timedelta(weeks=8), TODAY)]


def test_each_days_numbers_are_in_a_table(client, books):
    day = TODAY - timedelta(days=3)
    every = [made_ledger(day - timedelta(weeks=number)) for number in range(6)]
    books.write_all([replace(every[0], duplicates=1234), *every[1:]])
    books.commit("p1")
    table = client.get("/").text.partition("<details>")[2].partition("</details>")[0]
    rows = [re.sub(r"\s+", " ", re.sub("<[^>]+>", "|", row)) for row in table.split("<tr>")]
    (row,) = [re.sub(r"[| ]*[|][| ]*", "|", row) for row in rows if str(day) in row]
    assert row == f"|{day}|1,000|800 to 1,200|20|1,234|5|malformed_json|3,|unknown_event_type|2|"


PERSONAL = ("anna.muster@example.org", "203.0.113.77", "Anna Muster")


def test_nothing_personal_that_came_near_the_books_is_shown(client, books):
    """Names of objects, of unknown fields and of files, what else stands in a book, and the raw events themselves."""
    day = TODAY - timedelta(days=3)
    mail, address, name = PERSONAL
    made = made_ledger(day)
    ledger = replace(
        made,
        inputs=(replace(made.inputs[0], key=raw_key(day, mail)),),
        unknown_fields={mail: 1},
        files=tuple(replace(one, key=f"{one.key}/{name}") for one in made.files),
    )
    books.write(ledger)
    key = layout.quality_key(ledger.run_id, datetime.fromisoformat(ledger.written_at) + timedelta(minutes=2))
    written = json.loads(checked(ledger, datetime.now(UTC), made_checks(ledger)))
    books.put(key, json.dumps(written | {"query_id": address, "rows": [name], "ledger": written["ledger"]}))
    books.commit("p1")
    books.put(raw_key(day, mail), json.dumps({"email": mail, "ip": address, "name": name}), "raw_bucket")
    for path in ("/", f"/days/{day}", "/api/days"):
        text = client.get(path).text
        assert str(day) in text
        assert [one for one in PERSONAL if one in text] == [], path


def texts(document):
    """Every text of a JSON document."""
    if isinstance(document, dict):
        return [found for key, value in document.items() for found in (key, *texts(value))]
    return [found for value in document for found in texts(value)] if isinstance(document, list) else [document]


def test_the_interface_gives_counts_reasons_ids_and_our_own_words_only(client, books):
    day = TODAY - timedelta(days=3)
    ledger = made_ledger(day)
    books.write(ledger)
    books.commit("p1")
    answer = client.get("/api/days", params={"from": str(day), "to": str(day)}).json()
    own = {
        field
        for model in ("Days", "Day", "Ledger", "Check")
        for field in getattr(answers, f"{model}Answer").model_fields
    }
    own |= {answer["headline"], answer["days"][0]["advice"], "published", "pass"}
    own |= {one.check.name for one in made_checks(ledger)} | {one.bound for one in made_checks(ledger)}
    others = {one for one in texts(answer) if isinstance(one, str)} - own
    times = {one for one in others if re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+]00:00)", one)}
    assert others - times == {str(day), f"{day}-jr_1", "malformed_json", "unknown_event_type"}


def test_hostile_text_is_text(client, books):
    day = TODAY - timedelta(days=3)
    books.write(made_ledger(day, quarantined={HOSTILE: 3}), [hostile_check(HOSTILE)])
    books.commit("p1")
    for path in ("/", f"/days/{day}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{7*7}}" in text


def test_nothing_comes_from_elsewhere_and_nothing_is_kept(client):
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text
    assert client.get("/static/page.js").status_code == 200
    assert "cache-control" not in client.get("/static/page.js").headers


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "arn of somebody"}}, "GetTable"), "AccessDenied"),
        (SettingsError("AIRFLOW__CLICKSTREAM__REGION is not set"), "SettingsError"),
    ],
    ids=["AWS refuses", "a setting is missing"],
)
@pytest.mark.parametrize("path", ["/", "/days/2024-12-25", "/api/days"])
def test_books_that_cannot_be_read_are_said_so_without_the_details(client, monkeypatch, path, error, said):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module, "catalog", fail)
    answer = client.get(path)
    assert answer.status_code == 502
    assert said in answer.text
    assert "arn of somebody" not in answer.text
    if path != "/api/days":
        style = re.search(r'href="(.*page.css)"', answer.text)[1]
        assert client.get(str(answer.url.join(style))).status_code == 200


@pytest.mark.parametrize("name", ["DaysAnswer", "DayAnswer", "LedgerAnswer"])
def test_the_guide_names_each_field_of_the_interface(client, name):
    """The table after the name in docs/operations.md, both ways."""
    text = GUIDE.read_text()
    table = re.split(r"\n\n", text.rpartition(f"(`{name}`)")[2])[1]
    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert documented == list(client.get("/openapi.json").json()["components"]["schemas"][name]["properties"])


def test_the_guide_names_each_state_in_order():
    assert re.findall(r"^\| `(\w+)` \|", GUIDE.read_text().partition("\n## ")[0], re.MULTILINE) == list(State)
