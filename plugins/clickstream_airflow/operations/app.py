"""The page's FastAPI application. It reads, never writes, and asks Airflow who may: whoever may read the daily DAG."""

import logging
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from airflow.api_fastapi.core_api.security import requires_access_dag
from botocore.exceptions import BotoCoreError, ClientError
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from clickstream import layout
from clickstream.operations.books import AT_ONCE, Books, Reader
from clickstream.operations.days import QUIET, Day, days, last_published
from clickstream.settings import SettingsError
from clickstream.volume import WEEKS
from clickstream_airflow.aws import catalog
from clickstream_airflow.configuration import airflow_settings
from clickstream_airflow.operations import pages
from clickstream_airflow.operations.answers import DaysAnswer, answer

DAG_ID = "clickstream_daily"
MOST_DAYS = 732
SHOWN_DAYS = 91  # unless the reader asks for others: a quarter
STATIC = Path(__file__).parent / "static"
# Nothing from anywhere else, no script but our own file, in a frame of Airflow only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "no real range of days"},
    401: {"description": "no login"},
    403: {"description": "a login that may not read clickstream_daily"},
    502: {"description": "the books cannot be read; what AWS said is in the log of the API server"},
}
log = logging.getLogger(__name__)

Text = Annotated[str | None, Query(description="a UTC day, YYYY-MM-DD", max_length=20)]


def make_app() -> FastAPI:
    # FastAPI's own documentation comes from a CDN, and its schema would be for everybody.
    app = FastAPI(title="Clickstream operations", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    reading = [Depends(requires_access_dag("GET", None, DAG_ID))]
    app.mount("/static", StaticFiles(directory=STATIC))
    app.get("/", response_class=HTMLResponse, include_in_schema=False, dependencies=reading)(overview)
    app.get("/days/{day}", response_class=HTMLResponse, include_in_schema=False, dependencies=reading)(one_day)
    app.get("/openapi.json", include_in_schema=False, dependencies=reading)(schema)
    app.get("/api/days", dependencies=reading, responses=REFUSED)(api_days)
    app.exception_handler(ClientError)(unreadable)
    app.exception_handler(BotoCoreError)(unreadable)
    app.exception_handler(SettingsError)(unreadable)
    app.middleware("http")(guarded)
    app.state.reader = None
    return app


def overview(request: Request, from_: Annotated[Text, Query(alias="from")] = None, to: Text = None) -> str:
    """The calendar, the volume, and the worst day in words."""
    books, found = read(request, *chosen(request, from_, to))
    return pages.overview(books, found, today())


def one_day(request: Request, day: str) -> str:
    """A day's ledger, runs and checks."""
    wanted, now = parsed(day), datetime.now(UTC)
    # The weeks that say what is usual on the day hold the days of its checks' history, too.
    books = reader(request).read(wanted - timedelta(weeks=WEEKS), wanted, now)
    return pages.day(days(books, wanted - timedelta(days=pages.CHECKS_SHOWN - 1), wanted, now))


def api_days(request: Request, from_: Annotated[Text, Query(alias="from")] = None, to: Text = None) -> DaysAnswer:
    """Each arrival day from `from` to `to`, both included. Without `to`: up to today (UTC) or, where nothing has been
    published for weeks, up to the last published day. Without `from`: 91 days.
    """
    return answer(*read(request, *chosen(request, from_, to)), today())


def schema(request: Request) -> JSONResponse:
    """What OpenAPI tells of the interface, and where it is mounted."""
    return JSONResponse({**request.app.openapi(), "servers": [{"url": request.scope.get("root_path") or "/"}]})


def today() -> date:
    return datetime.now(UTC).date()


def reader(request: Request) -> Reader:
    if request.app.state.reader is None:
        request.app.state.reader = Reader(catalog(airflow_settings(), connections=AT_ONCE))
    found: Reader = request.app.state.reader
    return found


def read(request: Request, first: date, last: date) -> tuple[Books, list[Day]]:
    """The books and the days; what is usual needs the weeks before."""
    now = datetime.now(UTC)
    books = reader(request).read(first - timedelta(weeks=WEEKS), last, now)
    return books, days(books, first, last, now)


def chosen(request: Request, first: str | None, last: str | None) -> tuple[date, date]:
    """Both days, as they were asked for or as they are by default; HTTPException 400 that says what to give."""
    end = parsed(last) if last else today()
    if not (first or last):
        published = last_published(reader(request).snapshot())
        end = published if published and published < end - QUIET else end
    start = parsed(first) if first else end - timedelta(days=SHOWN_DAYS - 1)
    if not timedelta(0) <= end - start < timedelta(days=MOST_DAYS):
        raise HTTPException(400, f"expected from <= to and at most {MOST_DAYS} days, got {start} to {end}")
    return start, end


def parsed(text: str) -> date:
    """The day, or HTTPException 400; years in which nothing could have arrived have no weeks before them, either."""
    with suppress(ValueError):
        if (day := layout.parse_day(text)).year >= 2000:
            return day
    raise HTTPException(400, "expected a real day from 2000-01-01 on, written YYYY-MM-DD")


async def guarded(request: Request, call_next: Any) -> Response:
    """Every answer, also a refusal, with the headers that keep it to itself."""
    response: Response = await call_next(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if "/static/" not in request.url.path:
        response.headers["Cache-Control"] = "no-store"
    return response


async def unreadable(request: Request, error: Exception) -> Response:
    """AWS did not answer as expected, or a setting is missing: what was said is in the log, its kind on the page."""
    log.error("The operations page could not be read: %s", error)
    what = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    if "/api/" in request.url.path:
        return JSONResponse({"detail": f"the books cannot be read ({what}); see the log of the API server"}, 502)
    return HTMLResponse(pages.unreadable(what, root=".." if "/days/" in request.url.path else "."), 502)
