"""Writes what an audit reads: a plan with all that can be asked for, MWAA included, and its policies.

    python scripts/plan_audited.py FOLDER        (make audit)

    FOLDER/plan.json          as `terraform show -json` has it; not where terraform or a provider for it is missing
    FOLDER/policies/*.json    policies of roles, queues and topics; without a plan those of local_aws/stack.json

parliament takes the versions of TLS in buckets' policies, and "*" in a key's own, for mistakes, and asks for a resource
where a policy says who may assume a role, which IAM refuses: tests/terraform reads these. What is missing is said on
stderr; in CI it is a failure, but at GitHub, which has no provider that applies.
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terraform_tree import FULL, ROOT, MissingTool, Planned, TerraformTree

KINDS = ("aws_iam_policy", "aws_iam_role_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy")
STACK = ROOT / "local_aws" / "stack.json"


def policies(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each policy that parliament reads, by a file's name; ValueError where there is none."""
    found = {
        f"{number:02}-{one['type']}.json": str(one["values"]["policy"])
        for number, one in enumerate(one for one in resources.values() if one["type"] in KINDS)
    }
    if not found:
        raise ValueError("no policy in the plan")
    return found


def planned() -> Planned | None:
    """The plan; None, and why, where there cannot be one."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return TerraformTree(Path(folder)).plan(FULL)
    except MissingTool as error:
        if os.environ.get("CI") == "true" and not os.environ.get("GITHUB_ACTIONS"):
            raise
        print(f"audit: no plan, so MWAA's policies are not read: {error}", file=sys.stderr)
        return None


def resources_of_the_stack() -> dict[str, dict[str, Any]]:
    return {one["address"]: one for one in json.loads(STACK.read_text(encoding="utf-8"))["resources"]}


def main(arguments: list[str]) -> None:
    target = Path(arguments[0])
    plan = planned()
    (target / "policies").mkdir(parents=True)
    if plan:
        (target / "plan.json").write_text(json.dumps(plan.plan), encoding="utf-8")
    for name, policy in policies(plan.resources if plan else resources_of_the_stack()).items():
        (target / "policies" / name).write_text(policy, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
