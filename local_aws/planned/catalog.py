"""The Glue catalog: the database, its tables, and its views as Athena stores them."""

from typing import Any

from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json, call

_DESCRIPTOR = "TableInput.StorageDescriptor"


def create_table(arguments: Json, account: Account) -> Any:
    """As Terraform's provider does: Athena demands PartitionKeys, if only an empty list."""
    arguments["TableInput"] = {"PartitionKeys": [], **arguments["TableInput"]}
    account.client("glue").create_table(**arguments)


CREATORS = {
    "aws_glue_catalog_database": Creator(
        call("glue", "create_database"), {"name": "DatabaseInput.Name", "description": "DatabaseInput.Description"}
    ),
    "aws_glue_catalog_table": Creator(
        create_table,
        {
            "database_name": "DatabaseName",
            "name": "TableInput.Name",
            "table_type": "TableInput.TableType",
            "parameters": "TableInput.Parameters",
            "partition_keys[].name": "TableInput.PartitionKeys[].Name",
            "partition_keys[].type": "TableInput.PartitionKeys[].Type",
            "view_original_text": "TableInput.ViewOriginalText",
            "view_expanded_text": "TableInput.ViewExpandedText",
            "storage_descriptor.location": f"{_DESCRIPTOR}.Location",
            "storage_descriptor.input_format": f"{_DESCRIPTOR}.InputFormat",
            "storage_descriptor.output_format": f"{_DESCRIPTOR}.OutputFormat",
            "storage_descriptor.ser_de_info.name": f"{_DESCRIPTOR}.SerdeInfo.Name",
            "storage_descriptor.ser_de_info.serialization_library": f"{_DESCRIPTOR}.SerdeInfo.SerializationLibrary",
            "storage_descriptor.columns[].name": f"{_DESCRIPTOR}.Columns[].Name",
            "storage_descriptor.columns[].type": f"{_DESCRIPTOR}.Columns[].Type",
        },
    ),
}
