"""Glue crawlers over catalog tables.

Supports: CatalogTargets (any number of tables) with partitions that InheritFromTable; SchemaChangePolicy LOG/LOG;
RecrawlPolicy CRAWL_EVERYTHING; the states READY, RUNNING, STOPPING; StopCrawler; LastCrawl, ListCrawls and metrics of
what really happened; a log stream in ``/aws-glue/crawlers``. A crawl lists the objects below a table's location and
adds the partitions that the catalog lacks. A folder that does not fit the partition keys is reported in the log and in
ErrorMessage; it never becomes a table. A missing table or bucket makes the crawl FAILED.
Does not support: other targets, schema inference and updates, schedules, classifiers, table prefixes, grouping,
incremental and event crawls, filters of ListCrawls. All of these are refused.
"""

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from local_aws.clients import ACCOUNT_ID, REGION, local_client
from local_aws.clock import Clock
from local_aws.crawler.crawl import Crawl, CrawlCancelledError, Findings
from local_aws.crawler.definition import definition_of
from local_aws.crawler.run import RUNNING, CrawlRun
from local_aws.engine import Engine, Operation, Reply
from local_aws.errors import ServiceError, unsupported
from local_aws.principals import role_name

Json = dict[str, Any]


class Crawler:
    def __init__(self, definition: Json, now: float) -> None:
        self.definition = definition
        self.state = "READY"
        self.version = 1
        self.created = self.updated = now
        self.runs: list[CrawlRun] = []
        self.stop = threading.Event()
        self.thread: threading.Thread | None = None

    @property
    def finished(self) -> list[CrawlRun]:
        return [run for run in self.runs if run.state != RUNNING]

    def as_dict(self, now: float) -> Json:
        reply = {
            **self.definition,
            "State": self.state,
            "Version": self.version,
            "CreationTime": self.created,
            "LastUpdated": self.updated,
            "CrawlElapsedTime": 0 if self.state == "READY" else int(1000 * (now - self.runs[-1].start)),
        }
        return {**reply, "LastCrawl": self.finished[-1].last_crawl()} if self.finished else reply

    def metrics(self) -> Json:
        """A crawl counts as an update of each table to which it added partitions."""
        seconds = [run.end - run.start for run in self.finished]
        return {
            "CrawlerName": self.definition["Name"],
            "TimeLeftSeconds": 0.0,
            "StillEstimating": self.state != "READY",
            "LastRuntimeSeconds": seconds[-1] if seconds else 0.0,
            "MedianRuntimeSeconds": median(seconds) if seconds else 0.0,
            "TablesCreated": 0,
            "TablesUpdated": len(self.finished[-1].findings.added) if seconds else 0,
            "TablesDeleted": 0,
        }


class CrawlerEngine(Engine):
    service = "glue"
    target_prefix = "AWSGlue"

    min_duration = 0.5  # seconds of real time, so that "busy" can be seen; on AWS it is half a minute

    def __init__(self, endpoint_url: str, clock: Clock, data_dir: Path) -> None:
        self._endpoint_url = endpoint_url
        self._clock = clock
        self._crawlers: dict[str, Crawler] = {}
        self._lock = threading.RLock()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {
            "CreateCrawler": self._create,
            "UpdateCrawler": self._update,
            "DeleteCrawler": self._delete,
            "GetCrawler": lambda body: {"Crawler": self._crawler(body["Name"]).as_dict(self._now())},
            "GetCrawlers": self._get_all,
            "BatchGetCrawlers": self._batch_get,
            "ListCrawlers": self._list,
            "StartCrawler": self._start,
            "StopCrawler": self._stop,
            "GetCrawlerMetrics": self._metrics,
            "ListCrawls": self._list_crawls,
        }

    def close(self) -> None:
        crawlers = list(self._crawlers.values())
        for crawler in crawlers:
            crawler.stop.set()
        for crawler in crawlers:
            if crawler.thread:
                crawler.thread.join()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    @cached_property
    def _glue(self) -> Any:
        return local_client("glue", self._endpoint_url)

    def _crawler(self, name: str) -> Crawler:
        if name not in self._crawlers:
            raise ServiceError("EntityNotFoundException", f"Crawler entry with name {name} does not exist")
        return self._crawlers[name]

    def _idle(self, name: str) -> Crawler:
        crawler = self._crawler(name)
        if crawler.state != "READY":
            raise ServiceError("CrawlerRunningException", f"Crawler with name {name} has already started")
        return crawler

    def _create(self, body: Json) -> Reply:
        name = body["Name"]
        definition = definition_of(body)
        with self._lock:
            if name in self._crawlers:
                raise ServiceError("AlreadyExistsException", f"A crawler with the name {name} already exists")
            self._crawlers[name] = Crawler(definition, self._now())
        if body.get("Tags"):
            arn = f"arn:aws:glue:{REGION}:{ACCOUNT_ID}:crawler/{name}"
            self._glue.tag_resource(ResourceArn=arn, TagsToAdd=body["Tags"])
        return {}

    def _update(self, body: Json) -> Reply:
        with self._lock:
            crawler = self._idle(body["Name"])
            crawler.definition = definition_of({**crawler.definition, **body})
            crawler.version += 1
            crawler.updated = self._now()
        return {}

    def _delete(self, body: Json) -> Reply:
        with self._lock:
            self._idle(body["Name"])
            del self._crawlers[body["Name"]]
        return {}

    def _get_all(self, body: Json) -> Reply:
        names, token = page(list(self._crawlers), body, default=100)
        return {"Crawlers": [self._crawlers[name].as_dict(self._now()) for name in names], **token}

    def _batch_get(self, body: Json) -> Reply:
        found = [name for name in body["CrawlerNames"] if name in self._crawlers]
        missing = [name for name in body["CrawlerNames"] if name not in self._crawlers]
        crawlers = [self._crawlers[name].as_dict(self._now()) for name in found]
        return {"Crawlers": crawlers, "CrawlersNotFound": missing}

    def _list(self, body: Json) -> Reply:
        if body.get("Tags"):
            raise unsupported("glue", "ListCrawlers by tags")
        names, token = page(list(self._crawlers), body, default=100)
        return {"CrawlerNames": names, **token}

    def _metrics(self, body: Json) -> Reply:
        names, token = page(body.get("CrawlerNameList") or list(self._crawlers), body, default=100)
        return {"CrawlerMetricsList": [self._crawler(name).metrics() for name in names], **token}

    def _list_crawls(self, body: Json) -> Reply:
        if body.get("Filters"):
            raise unsupported("glue", "Filters of ListCrawls")
        newest_first = self._crawler(body["CrawlerName"]).runs[::-1]
        runs, token = page(newest_first, body, default=20)
        return {"Crawls": [run.history() for run in runs], **token}

    def _start(self, body: Json) -> Reply:
        with self._lock:
            crawler = self._idle(body["Name"])
            crawler.state = RUNNING
            crawler.stop.clear()
            run = CrawlRun(body["Name"], self._now())
            crawler.runs.append(run)
            crawler.thread = threading.Thread(target=self._crawl, args=(crawler, run), name="crawler", daemon=True)
            crawler.thread.start()
        return {}

    def _stop(self, body: Json) -> Reply:
        with self._lock:
            crawler = self._crawler(body["Name"])
            if crawler.state != RUNNING:
                busy = crawler.state == "STOPPING"
                code = "CrawlerStoppingException" if busy else "CrawlerNotRunningException"
                raise ServiceError(code, f"Crawler with name {body['Name']} is {crawler.state}")
            crawler.state = "STOPPING"
            crawler.stop.set()
        return {}

    def _crawl(self, crawler: Crawler, run: CrawlRun) -> None:
        """The thread of one crawl. Whoever sees READY also sees how it ended."""
        outcome, error = self._outcome(crawler, run.findings)
        with self._lock:
            crawler.state = "STOPPING"
        run.write_log(self._client("logs", crawler), outcome, error)
        with self._lock:
            run.finish(outcome, error, self._now())
            crawler.state = "READY"

    def _client(self, service: str, crawler: Crawler) -> Any:
        """As the crawler's role."""
        return local_client(service, self._endpoint_url, principal=role_name(crawler.definition["Role"]))

    def _outcome(self, crawler: Crawler, findings: Findings) -> tuple[str, str]:
        try:
            crawl = Crawl(self._client("s3", crawler), self._client("glue", crawler), crawler.stop.is_set)
            for target in crawler.definition["Targets"]["CatalogTargets"]:
                for table in target["Tables"]:
                    crawl.table(target["DatabaseName"], table, findings)
            if crawler.stop.wait(self.min_duration):
                raise CrawlCancelledError
        except CrawlCancelledError:
            return "CANCELLED", "the crawl was stopped"
        except Exception as error:
            return "FAILED", f"{type(error).__name__}: {error}"
        return "SUCCEEDED", findings_error(findings)


def findings_error(findings: Findings) -> str:
    if not findings.mismatched:
        return ""
    return f"folders that do not match the partition keys were left out: {', '.join(findings.mismatched)}"


def page(items: list[Any], body: Json, default: int) -> tuple[list[Any], Json]:
    """A page of ``items`` and its ``NextToken``, if there is more."""
    start = int(body.get("NextToken") or 0)
    end = start + (body.get("MaxResults") or default)
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}
