import json

from local_aws.crawler.crawl import Findings
from local_aws.crawler.run import LONGEST_MESSAGE, CrawlRun


def test_running_crawl_has_no_end() -> None:
    history = CrawlRun("events", start=1.0).history()
    assert (history["State"], "EndTime" in history) == ("RUNNING", False)


def test_finished_crawl_tells_history_and_last_crawl_the_same() -> None:
    run = CrawlRun("events", start=1.0)
    run.findings = Findings(added={"events": ["day=1/", "day=2/"]})
    run.finish("SUCCEEDED", "", end=3.0)
    assert run.last_crawl()["Status"] == "SUCCEEDED"
    assert (run.history()["State"], run.history()["EndTime"]) == ("COMPLETED", 3.0)
    assert json.loads(run.history()["Summary"]) == {"events": {"partitions_added": 2}}


def test_message_is_cut_at_glues_bound() -> None:
    run = CrawlRun("events", start=1.0)
    run.finish("FAILED", "x" * 5000, end=2.0)
    assert len(run.last_crawl()["ErrorMessage"]) == LONGEST_MESSAGE
