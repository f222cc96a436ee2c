"""Each command of the output next_steps is one that works: of a script or service that is there, on what is planned."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest
from terraform_tree import FULL, ROOT, Planned, TerraformTree

from tests.aws_commands import options, problems

pytestmark = pytest.mark.slow
Planner = Callable[[str], Planned]

OF_AN_AIRFLOW = {"upload_dags", "upload_plugins", "list_plugins", "update_airflow"}
STEPS = {"send_events", "run_catch_up", "crawl", "ask", "what_happened"} | OF_AN_AIRFLOW
# What only its reader knows.
PLACEHOLDER = re.compile(r"<[^>]+>")


def command(planned: Planned, step: str) -> list[str]:
    """The words of a step, its placeholders replaced by ``mine``."""
    return shlex.split(PLACEHOLDER.sub("mine", planned.outputs["next_steps"][step]))


def test_the_steps_are_these_and_terraforms_own_need_no_command(each: Planned) -> None:
    steps = each.outputs["next_steps"]
    done = {step for step, text in steps.items() if text == "done by Terraform"}
    assert steps.keys() == STEPS
    assert done == (OF_AN_AIRFLOW if each.of_type("aws_mwaa_environment") else set())


def test_events_are_sent_by_a_script_that_knows_the_options(each: Planned) -> None:
    python, script, *rest = command(each, "send_events")
    assert python == "python"
    usage = subprocess.run([sys.executable, ROOT / script, "--help"], capture_output=True, text=True, check=True).stdout
    assert [name for name in options(rest) if name not in usage] == []


@pytest.mark.parametrize("step", sorted(STEPS - {"send_events", "upload_dags", "upload_plugins"}))
def test_aws_knows_the_operation_and_its_options(planned: Planner, step: str) -> None:
    assert problems(command(planned("dev"), step)) == []


def test_every_command_names_what_is_planned(each: Planned) -> None:
    out = each.outputs
    known = {
        "--region": {one["region"] for one in each.of_type("aws_s3_bucket").values()},
        "--stream-name": {out["firehose_stream_name"]},
        "--job-name": {out["glue_job"]},
        "--work-group": {out["analyst_workgroup"]},
        "--query-execution-context": {f"Database={out['glue_database']}"},
        "--queue-url": {queue_url(each)},
    }
    given = [pair for step in STEPS - OF_AN_AIRFLOW for pair in options(command(each, step)).items()]
    assert {name for name, _ in given} >= known.keys()
    assert [pair for pair in given if pair[1] not in known.get(pair[0], {pair[1]})] == []
    assert options(command(each, "crawl"))["--name"] == out["crawler"]


def queue_url(planned: Planned) -> str:
    applied = planned.state["values"]["root_module"]["resources"]
    (journal,) = [one["values"] for one in applied if one["address"] == "aws_sqs_queue.journal"]
    return str(journal["id"])


def test_the_question_is_about_a_table_that_is_planned(each: Planned) -> None:
    question = options(command(each, "ask"))["--query-string"]
    assert question.split()[-1] in {values["name"] for values in each.of_type("aws_glue_catalog_table").values()}


def test_an_airflow_that_exists_is_given_what_is_built(planned: Planner, tree: TerraformTree) -> None:
    built = tree.folder.parent
    for step, name in (("upload_dags", "dags"), ("upload_plugins", "plugins.zip")):
        *_, source, target = command(planned("dev"), step)
        assert (built / source).exists()
        assert (source, target) == (f"build/mwaa/{name}", f"s3://mine/{name}")
    environment = planned(FULL).of_type("aws_mwaa_environment")["aws_mwaa_environment.airflow[0]"]
    update = options(command(planned("dev"), "update_airflow"))
    assert update["--plugins-s3-path"] == environment["plugins_s3_path"]
    assert planned("dev").outputs["airflow_configuration"] == environment["airflow_configuration_options"]
