"""The Glue job and its security configuration. The engine refuses what a run here could not obey."""

from local_aws.planned.creator import Creator, call

CREATORS = {
    "aws_glue_security_configuration": Creator(
        call("glue", "create_security_configuration"),
        {
            "name": "Name",
            "encryption_configuration.cloudwatch_encryption.cloudwatch_encryption_mode": (
                "EncryptionConfiguration.CloudWatchEncryption.CloudWatchEncryptionMode"
            ),
            "encryption_configuration.cloudwatch_encryption.kms_key_arn": (
                "EncryptionConfiguration.CloudWatchEncryption.KmsKeyArn"
            ),
            "encryption_configuration.job_bookmarks_encryption.job_bookmarks_encryption_mode": (
                "EncryptionConfiguration.JobBookmarksEncryption.JobBookmarksEncryptionMode"
            ),
            "encryption_configuration.job_bookmarks_encryption.kms_key_arn": (
                "EncryptionConfiguration.JobBookmarksEncryption.KmsKeyArn"
            ),
            "encryption_configuration.s3_encryption.s3_encryption_mode": (
                "EncryptionConfiguration.S3Encryption[].S3EncryptionMode"
            ),
            "encryption_configuration.s3_encryption.kms_key_arn": "EncryptionConfiguration.S3Encryption[].KmsKeyArn",
        },
        kept={"EncryptionConfiguration": "nothing is encrypted here"},
    ),
    "aws_glue_job": Creator(
        call("glue", "create_job"),
        {
            "name": "Name",
            "description": "Description",
            "role_arn": "Role",
            "command.name": "Command.Name",
            "command.python_version": "Command.PythonVersion",
            "command.script_location": "Command.ScriptLocation",
            "glue_version": "GlueVersion",
            "worker_type": "WorkerType",
            "number_of_workers": "NumberOfWorkers",
            "timeout": "Timeout",
            "max_retries": "MaxRetries",
            "execution_property.max_concurrent_runs": "ExecutionProperty.MaxConcurrentRuns",
            "default_arguments": "DefaultArguments",
            "security_configuration": "SecurityConfiguration",
        },
        kept={
            "Role": "nobody's rights are checked",
            "SecurityConfiguration": "nothing is encrypted here",
        },
    ),
}
