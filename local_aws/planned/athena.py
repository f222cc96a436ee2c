"""The workgroup, and the sample queries that it names."""

from local_aws.planned.creator import Creator, call

_RESULT = "Configuration.ResultConfiguration"

CREATORS = {
    "aws_athena_workgroup": Creator(
        call("athena", "create_work_group"),
        {
            "name": "Name",
            "description": "Description",
            "configuration.bytes_scanned_cutoff_per_query": "Configuration.BytesScannedCutoffPerQuery",
            "configuration.enforce_workgroup_configuration": "Configuration.EnforceWorkGroupConfiguration",
            "configuration.engine_version.selected_engine_version": "Configuration.EngineVersion.SelectedEngineVersion",
            "configuration.publish_cloudwatch_metrics_enabled": "Configuration.PublishCloudWatchMetricsEnabled",
            "configuration.result_configuration.output_location": f"{_RESULT}.OutputLocation",
            "configuration.result_configuration.expected_bucket_owner": f"{_RESULT}.ExpectedBucketOwner",
            "configuration.result_configuration.encryption_configuration.encryption_option": (
                f"{_RESULT}.EncryptionConfiguration.EncryptionOption"
            ),
            "configuration.result_configuration.encryption_configuration.kms_key_arn": (
                f"{_RESULT}.EncryptionConfiguration.KmsKey"
            ),
        },
        ignored={"force_destroy": "what `terraform destroy` may delete"},
        kept={
            "Configuration.PublishCloudWatchMetricsEnabled": "the local Athena measures nothing",
            f"{_RESULT}.ExpectedBucketOwner": "there is one account",
        },
    ),
    "aws_athena_named_query": Creator(
        call("athena", "create_named_query"),
        {
            "name": "Name",
            "description": "Description",
            "database": "Database",
            "workgroup": "WorkGroup",
            "query": "QueryString",
        },
    ),
}
