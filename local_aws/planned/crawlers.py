"""The crawler. A schedule is not carried: the local crawler has none, and the DAGs start it."""

from local_aws.planned.creator import Creator, call

CREATORS = {
    "aws_glue_crawler": Creator(
        call("glue", "create_crawler"),
        {
            "name": "Name",
            "description": "Description",
            "role": "Role",
            "database_name": "DatabaseName",
            "catalog_target[].database_name": "Targets.CatalogTargets[].DatabaseName",
            "catalog_target[].tables": "Targets.CatalogTargets[].Tables",
            "schema_change_policy.update_behavior": "SchemaChangePolicy.UpdateBehavior",
            "schema_change_policy.delete_behavior": "SchemaChangePolicy.DeleteBehavior",
            "configuration": "Configuration",
            "security_configuration": "CrawlerSecurityConfiguration",
        },
        kept={
            "Role": "nobody's rights are checked",
            "CrawlerSecurityConfiguration": "moto encrypts no logs",
        },
    ),
}
