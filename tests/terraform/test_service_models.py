"""Every enumeration, pattern and bound that AWS's service models know holds for what is planned."""

from collections.abc import Callable, Mapping

import pytest
from terraform_tree import Planned

from tests.terraform.service_models import Checked, input_of, snake_case

pytestmark = pytest.mark.slow

# Terraform type: (service, operation, structure in its input, aliases, API members that must be found).
MODELS: dict[str, tuple[str, str, str, Mapping[str, str], set[str]]] = {
    "aws_glue_job": (
        "glue", "CreateJob", "", {"Role": "role_arn"},
        {"Name", "Role", "Command", "WorkerType", "GlueVersion", "Timeout", "DefaultArguments", "MaxConcurrentRuns"},
    ),
    "aws_glue_crawler": (
        "glue", "CreateCrawler", "", {"Targets": "", "Schedule": "schedule"},
        {"Name", "Role", "SchemaChangePolicy", "UpdateBehavior", "DeleteBehavior", "Configuration"},
    ),
    "aws_glue_catalog_table": (
        "glue", "CreateTable", "TableInput", {"SerdeInfo": "ser_de_info"},
        {"Name", "TableType", "StorageDescriptor", "Columns", "Type", "SerdeInfo", "SerializationLibrary"},
    ),
    "aws_glue_catalog_database": ("glue", "CreateDatabase", "DatabaseInput", {}, {"Name", "Description"}),
    "aws_glue_security_configuration": (
        "glue", "CreateSecurityConfiguration", "",
        {"S3Encryption": "s3_encryption", "S3EncryptionMode": "s3_encryption_mode",
         "CloudWatchEncryption": "cloudwatch_encryption", "CloudWatchEncryptionMode": "cloudwatch_encryption_mode"},
        {"Name", "S3EncryptionMode", "CloudWatchEncryptionMode", "JobBookmarksEncryptionMode", "KmsKeyArn"},
    ) ,
    "aws_kinesis_firehose_delivery_stream": (
        "firehose", "CreateDeliveryStream", "",
        {"DeliveryStreamName": "name", "ExtendedS3DestinationConfiguration": "extended_s3_configuration",
         "RoleARN": "role_arn", "BucketARN": "bucket_arn", "DeliveryStreamEncryptionConfigurationInput":
         "server_side_encryption", "KeyARN": "key_arn"},
        {"DeliveryStreamName", "RoleARN", "BucketARN", "Prefix", "CompressionFormat", "Processors", "Type",
         "ParameterName", "KeyType", "KeyARN"},
    ),
    "aws_athena_workgroup": (
        "athena", "CreateWorkGroup", "", {"KmsKey": "kms_key_arn"},
        {"Name", "Configuration", "OutputLocation", "EncryptionOption", "KmsKey", "BytesScannedCutoffPerQuery",
         "SelectedEngineVersion"},
    ),
    "aws_athena_named_query": (
        "athena", "CreateNamedQuery", "", {"QueryString": "query", "WorkGroup": "workgroup"},
        {"Name", "Description", "Database", "QueryString", "WorkGroup"},
    ),
    "aws_cloudwatch_metric_alarm": (
        "cloudwatch", "PutMetricAlarm", "", {"Dimensions": ""},
        {"AlarmName", "AlarmDescription", "MetricName", "Namespace", "Statistic", "ComparisonOperator", "Period"},
    ),
    "aws_lambda_function": (
        "lambda", "CreateFunction", "", {"KMSKeyArn": "kms_key_arn"},
        {"FunctionName", "Runtime", "Role", "Handler", "Architectures", "MemorySize", "Timeout", "KMSKeyArn"},
    ),
    "aws_lambda_permission": (
        "lambda", "AddPermission", "", {}, {"Action", "Principal", "SourceArn", "SourceAccount", "StatementId"},
    ),
    "aws_mwaa_environment": (
        "mwaa", "CreateEnvironment", "", {"DagS3Path": "dag_s3_path"},
        {"Name", "AirflowVersion", "EnvironmentClass", "ExecutionRoleArn", "DagS3Path", "KmsKey", "LogLevel",
         "WebserverAccessMode", "MinWorkers", "MaxWorkers", "SourceBucketArn"},
    ),
    "aws_cloudwatch_event_rule": ("events", "PutRule", "", {}, {"Name", "EventPattern", "Description"}),
    "aws_budgets_budget": (
        "budgets", "CreateBudget", "Budget", {"BudgetName": "name", "CostFilters": ""},
        {"BudgetName", "BudgetType", "TimeUnit"},
    ),
    "aws_iam_role": ("iam", "CreateRole", "", {"RoleName": "name", "AssumeRolePolicyDocument": "assume_role_policy"},
                     {"RoleName", "Description", "AssumeRolePolicyDocument"}),
    "aws_iam_policy": ("iam", "CreatePolicy", "", {"PolicyName": "name", "PolicyDocument": "policy"},
                       {"PolicyName", "PolicyDocument"}),
    "aws_s3_bucket_lifecycle_configuration": (
        "s3", "PutBucketLifecycleConfiguration", "LifecycleConfiguration",
        {"Rules": "rule", "Transitions": "transition", "ID": "id"},
        {"Rules", "Status", "Transitions", "StorageClass", "ID"},
    ),
    "aws_glue_trigger": ("glue", "CreateTrigger", "", {}, {"Name", "Type", "Schedule", "Actions"}),
    "aws_cloudwatch_log_group": ("logs", "CreateLogGroup", "", {"logGroupName": "name"}, {"logGroupName", "kmsKeyId"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(MODELS))
def test_the_service_would_take_what_is_planned(kind: str, planned: Callable[[str], Planned]) -> None:
    service, operation, member, aliases, expected = MODELS[kind]
    checked = Checked(aliases)
    shape = input_of(service, operation, member)
    resources = planned("full").of_type(kind)
    problems = [x for where, values in resources.items() for x in checked.problems(shape, values, where)]
    assert problems == []
    assert expected <= checked.members, f"not compared: {sorted(expected - checked.members)}"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"worker_type": "G.3X"}, "none of Standard, G.1X"),
        ({"name": ""}, "is below 1"),
        ({"timeout": 0}, "is below 1"),
        ({"command": [{"python_version": "three"}]}, "does not fit"),
    ],
    ids=["enumeration", "length", "bound", "pattern in a block"],
)
def test_what_the_service_would_refuse_is_seen(value: Mapping[str, object], says: str) -> None:
    found = list(Checked().problems(input_of("glue", "CreateJob"), value))
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GlueVersion", "glue_version"),
        ("SourceBucketArn", "source_bucket_arn"),
        ("RoleARN", "role_arn"),
        ("kmsKeyId", "kms_key_id"),
    ],
)
def test_the_apis_names_become_terraforms(name: str, expected: str) -> None:
    assert snake_case(name) == expected
