"""The Firehose stream. The engine refuses what it would not deliver as Firehose does."""

from local_aws.planned.creator import Creator, call

_S3 = "ExtendedS3DestinationConfiguration"
_PROCESSORS = f"{_S3}.ProcessingConfiguration.Processors[]"

CREATORS = {
    "aws_kinesis_firehose_delivery_stream": Creator(
        call("firehose", "create_delivery_stream"),
        {
            "name": "DeliveryStreamName",
            "server_side_encryption.key_type": "DeliveryStreamEncryptionConfigurationInput.KeyType",
            "server_side_encryption.key_arn": "DeliveryStreamEncryptionConfigurationInput.KeyARN",
            "extended_s3_configuration.role_arn": f"{_S3}.RoleARN",
            "extended_s3_configuration.bucket_arn": f"{_S3}.BucketARN",
            "extended_s3_configuration.prefix": f"{_S3}.Prefix",
            "extended_s3_configuration.error_output_prefix": f"{_S3}.ErrorOutputPrefix",
            "extended_s3_configuration.buffering_size": f"{_S3}.BufferingHints.SizeInMBs",
            "extended_s3_configuration.buffering_interval": f"{_S3}.BufferingHints.IntervalInSeconds",
            "extended_s3_configuration.compression_format": f"{_S3}.CompressionFormat",
            "extended_s3_configuration.kms_key_arn": f"{_S3}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN",
            "extended_s3_configuration.processing_configuration.enabled": f"{_S3}.ProcessingConfiguration.Enabled",
            "extended_s3_configuration.processing_configuration.processors[].type": f"{_PROCESSORS}.Type",
            "extended_s3_configuration.processing_configuration.processors[].parameters[].parameter_name": (
                f"{_PROCESSORS}.Parameters[].ParameterName"
            ),
            "extended_s3_configuration.processing_configuration.processors[].parameters[].parameter_value": (
                f"{_PROCESSORS}.Parameters[].ParameterValue"
            ),
            "extended_s3_configuration.cloudwatch_logging_options.enabled": f"{_S3}.CloudWatchLoggingOptions.Enabled",
            "extended_s3_configuration.cloudwatch_logging_options.log_group_name": (
                f"{_S3}.CloudWatchLoggingOptions.LogGroupName"
            ),
            "extended_s3_configuration.cloudwatch_logging_options.log_stream_name": (
                f"{_S3}.CloudWatchLoggingOptions.LogStreamName"
            ),
        },
        only={"destination": "extended_s3", "server_side_encryption.enabled": True},
        kept={
            "DeliveryStreamEncryptionConfigurationInput": "what is buffered is in memory",
            f"{_S3}.RoleARN": "nobody's rights are checked",
            f"{_S3}.CloudWatchLoggingOptions": "a delivery that fails is on the standard error, and tried again",
        },
    ),
}
