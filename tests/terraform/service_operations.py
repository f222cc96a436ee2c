"""Which operation of which service makes what Terraform plans, and what the two call differently."""

from collections.abc import Mapping

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
        {"ID": "id"},
        {"Rules", "Status", "Transitions", "StorageClass", "ID"},
    ),
    "aws_glue_trigger": ("glue", "CreateTrigger", "", {}, {"Name", "Type", "Schedule", "Actions"}),
    "aws_cloudwatch_log_group": ("logs", "CreateLogGroup", "", {"logGroupName": "name"}, {"logGroupName", "kmsKeyId"}),
    "aws_cloudwatch_dashboard": ("cloudwatch", "PutDashboard", "", {}, {"DashboardName", "DashboardBody"}),
    "aws_cloudwatch_event_target": (
        "events", "PutTargets", "", {"Targets": "", "Id": "target_id"}, {"Rule"},
    ),
    "aws_cloudwatch_log_stream": (
        "logs", "CreateLogStream", "", {"logStreamName": "name"}, {"logGroupName", "logStreamName"},
    ),
    "aws_iam_role_policy": (
        "iam", "PutRolePolicy", "", {"RoleName": "role", "PolicyName": "name", "PolicyDocument": "policy"},
        {"RoleName", "PolicyName", "PolicyDocument"},
    ),
    "aws_iam_role_policy_attachment": (
        "iam", "AttachRolePolicy", "", {"RoleName": "role"}, {"RoleName", "PolicyArn"},
    ),
    "aws_kms_key": ("kms", "CreateKey", "", {}, {"Description", "Policy"}),
    "aws_kms_alias": ("kms", "CreateAlias", "", {"AliasName": "name"}, {"AliasName"}),
    "aws_lambda_function_event_invoke_config": (
        "lambda", "PutFunctionEventInvokeConfig", "", {},
        {"FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"},
    ),
    "aws_s3_bucket_notification": (
        "s3", "PutBucketNotificationConfiguration", "NotificationConfiguration",
        {"LambdaFunctionConfigurations": "lambda_function", "LambdaFunctionArn": "lambda_function_arn"},
        {"LambdaFunctionConfigurations", "Events"},
    ),
    "aws_s3_bucket_ownership_controls": (
        "s3", "PutBucketOwnershipControls", "OwnershipControls", {}, {"Rules", "ObjectOwnership"},
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        "s3", "PutBucketEncryption", "ServerSideEncryptionConfiguration",
        {"SSEAlgorithm": "sse_algorithm", "KMSMasterKeyID": "kms_master_key_id",
         "BlockedEncryptionTypes": "", "ApplyServerSideEncryptionByDefault": "apply_server_side_encryption_by_default"},
        {"Rules", "ApplyServerSideEncryptionByDefault", "SSEAlgorithm", "KMSMasterKeyID", "BucketKeyEnabled"},
    ),
    "aws_s3_bucket_versioning": (
        "s3", "PutBucketVersioning", "", {}, {"VersioningConfiguration", "Status"},
    ),
    "aws_s3_object": ("s3", "PutObject", "", {}, {"Bucket", "Key"}),
    "aws_eip": ("ec2", "AllocateAddress", "", {}, {"Domain"}),
    "aws_vpc_endpoint": ("ec2", "CreateVpcEndpoint", "", {}, {"ServiceName", "VpcEndpointType"}),
}  # fmt: skip

# Of which the models hold no enumeration, no pattern and no bound; a test says where that is no longer so.
UNBOUNDED = {
    "aws_internet_gateway": ("ec2", "CreateInternetGateway"),
    "aws_nat_gateway": ("ec2", "CreateNatGateway"),
    "aws_route": ("ec2", "CreateRoute"),
    "aws_route_table": ("ec2", "CreateRouteTable"),
    "aws_route_table_association": ("ec2", "AssociateRouteTable"),
    "aws_s3_bucket": ("s3", "CreateBucket"),
    "aws_s3_bucket_policy": ("s3", "PutBucketPolicy"),
    "aws_s3_bucket_public_access_block": ("s3", "PutPublicAccessBlock"),
    "aws_security_group": ("ec2", "CreateSecurityGroup"),
    "aws_sns_topic": ("sns", "CreateTopic"),
    "aws_sns_topic_policy": ("sns", "SetTopicAttributes"),
    "aws_sns_topic_subscription": ("sns", "Subscribe"),
    "aws_sqs_queue": ("sqs", "CreateQueue"),
    "aws_sqs_queue_policy": ("sqs", "SetQueueAttributes"),
    "aws_subnet": ("ec2", "CreateSubnet"),
    "aws_vpc": ("ec2", "CreateVpc"),
    "aws_vpc_security_group_egress_rule": ("ec2", "AuthorizeSecurityGroupEgress"),
    "aws_vpc_security_group_ingress_rule": ("ec2", "AuthorizeSecurityGroupIngress"),
}
