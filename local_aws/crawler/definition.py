"""A crawler as it was defined, checked against what the local crawler really does."""

import json
from typing import Any

from local_aws.errors import ServiceError, unsupported

Json = dict[str, Any]

KEPT = frozenset(
    {
        *("Name", "Role", "DatabaseName", "Description", "Targets", "SchemaChangePolicy", "RecrawlPolicy"),
        *("LineageConfiguration", "LakeFormationConfiguration", "Configuration", "CrawlerSecurityConfiguration"),
    }
)
UPDATE_IN_DATABASE = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"}
INHERIT = {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}
DEFAULTS: Json = {
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
}


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidInputException", message)


def definition_of(body: Json) -> Json:
    """The crawler's definition with Glue's defaults; an error where it asks for what is not done here."""
    given = {key: value for key, value in body.items() if value and key != "Tags"}
    for other in sorted(set(given) - KEPT):
        raise unsupported("glue", f"{other} of a crawler")
    check_targets(given.get("Targets") or {})
    check_policies(given)
    check_configuration(given.get("Configuration", "{}"))
    return {**DEFAULTS, **given, "SchemaChangePolicy": {**UPDATE_IN_DATABASE, **given["SchemaChangePolicy"]}}


def check_targets(targets: Json) -> None:
    for kind in (kind for kind, value in targets.items() if value and kind != "CatalogTargets"):
        raise unsupported("glue", f"{kind} of a crawler")
    if not targets.get("CatalogTargets"):
        raise invalid("expected at least one of Targets.CatalogTargets")
    for target in targets["CatalogTargets"]:
        if not target.get("DatabaseName") or not target.get("Tables"):
            raise invalid(f"expected a catalog target with DatabaseName and Tables, got {target}")
        for other in (key for key in target if key not in ("DatabaseName", "Tables")):
            raise unsupported("glue", f"{other} of a catalog target")


def check_policies(given: Json) -> None:
    """Glue itself demands DeleteBehavior LOG of catalog targets; the other two would change tables or skip folders."""
    policy = {**UPDATE_IN_DATABASE, **given.setdefault("SchemaChangePolicy", {})}
    if policy["DeleteBehavior"] != "LOG":
        raise invalid("The SchemaChangePolicy for catalog targets can have only LOG DeleteBehavior value.")
    if policy["UpdateBehavior"] != "LOG":
        raise unsupported(
            "glue", f"UpdateBehavior {policy['UpdateBehavior']}: a crawler here changes no schema, so LOG"
        )
    behavior = given.get("RecrawlPolicy", {}).get("RecrawlBehavior", "CRAWL_EVERYTHING")
    if behavior != "CRAWL_EVERYTHING":
        raise unsupported("glue", f"RecrawlBehavior {behavior} for catalog targets")


def check_configuration(text: str) -> None:
    """Only partitions that take the table's schema: the local crawler reads names of objects, never their content."""
    try:
        configuration = json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid(f"Configuration is no JSON: {error}") from error
    for other in sorted(set(configuration) - {"Version", "CrawlerOutput"}):
        raise unsupported("glue", f"{other} in a crawler's Configuration")
    if configuration.get("CrawlerOutput") != INHERIT:
        raise unsupported("glue", f"a crawler without CrawlerOutput {json.dumps(INHERIT)}")
