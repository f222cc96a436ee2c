"""One run of a crawler: its place in the history, in the log and in ``LastCrawl``."""

import json
import uuid
from typing import Any

from local_aws.crawler.crawl import Findings

Json = dict[str, Any]

LOG_GROUP = "/aws-glue/crawlers"
RUNNING = "RUNNING"
HISTORY_STATE = {"SUCCEEDED": "COMPLETED", "FAILED": "FAILED", "CANCELLED": "STOPPED"}
LONGEST_MESSAGE = 2048  # characters, Glue's own bound


class CrawlRun:
    def __init__(self, crawler: str, start: float) -> None:
        self.id = str(uuid.uuid4())
        self.crawler = crawler
        self.start = start  # epoch seconds on the local clock
        self.end = start
        self.state = RUNNING
        self.outcome = ""
        self.error = ""
        self.findings = Findings()

    def finish(self, outcome: str, error: str, end: float) -> None:
        """``outcome`` is LastCrawl's Status: SUCCEEDED, FAILED or CANCELLED."""
        self.outcome, self.error, self.end = outcome, error[:LONGEST_MESSAGE], end
        self.state = HISTORY_STATE[outcome]

    def last_crawl(self) -> Json:
        return {**self._where(), "Status": self.outcome, "StartTime": self.start}

    def history(self) -> Json:
        added = {table: {"partitions_added": len(folders)} for table, folders in self.findings.added.items()}
        reply = {**self._where(), "CrawlId": self.id, "State": self.state, "StartTime": self.start}
        reply |= {"Summary": json.dumps(added), "DPUHour": 0.0}
        return reply if self.state == RUNNING else {**reply, "EndTime": self.end}

    def _where(self) -> Json:
        place = {"LogGroup": LOG_GROUP, "LogStream": self.crawler, "MessagePrefix": self.id}
        return {**place, "ErrorMessage": self.error} if self.error else place

    def write_log(self, logs: Any, outcome: str, error: str) -> None:
        """One line per partition that was added, and one for the end, as Glue's crawlers write them."""
        for create, names in (
            (logs.create_log_group, {"logGroupName": LOG_GROUP}),
            (logs.create_log_stream, {"logGroupName": LOG_GROUP, "logStreamName": self.crawler}),
        ):
            try:
                create(**names)
            except logs.exceptions.ResourceAlreadyExistsException:
                continue
        events = [{"timestamp": int(self.start * 1000), "message": line} for line in self._lines(outcome, error)]
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=self.crawler, logEvents=events)

    def _lines(self, outcome: str, error: str) -> list[str]:
        added = [f"{table}: added {folder}" for table, folders in self.findings.added.items() for folder in folders]
        level = "INFO" if outcome == "SUCCEEDED" and not error else "ERROR" if outcome == "FAILED" else "WARN"
        lines = [f"INFO : {line}" for line in added] + [f"{level} : crawl {outcome} {error}".rstrip()]
        return [f"[{self.id}] {line}" for line in lines]
