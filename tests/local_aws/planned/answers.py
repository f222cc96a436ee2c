"""What AWS says of a resource that was created with certain arguments, in the form of these arguments, by type."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.planned.account import Account

Json = dict[str, Any]


def key(account: Account, asked: Json) -> Json:
    kms, key_id = account.client("kms"), asked["PlannedId"]
    policy = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    rotated = kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    metadata = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    return {**metadata, "PlannedId": metadata["KeyId"], "Policy": policy, "Rotated": rotated}


def alias(account: Account, asked: Json) -> Json:
    aliases = account.client("kms").list_aliases()["Aliases"]
    return next(one for one in aliases if one["AliasName"] == asked["AliasName"])


def role(account: Account, asked: Json) -> Json:
    return account.client("iam").get_role(RoleName=asked["RoleName"])["Role"]


def role_policy(account: Account, asked: Json) -> Json:
    return account.client("iam").get_role_policy(RoleName=asked["RoleName"], PolicyName=asked["PolicyName"])


def policy(account: Account, asked: Json) -> Json:
    iam = account.client("iam")
    found = next(
        one for one in iam.list_policies(Scope="Local")["Policies"] if one["PolicyName"] == asked["PolicyName"]
    )
    version = iam.get_policy_version(PolicyArn=found["Arn"], VersionId=found["DefaultVersionId"])
    described = iam.get_policy(PolicyArn=found["Arn"])["Policy"]
    return {**described, "PolicyDocument": version["PolicyVersion"]["Document"]}


def attachment(account: Account, asked: Json) -> Json:
    attached = account.client("iam").list_attached_role_policies(RoleName=asked["RoleName"])["AttachedPolicies"]
    return {"RoleName": asked["RoleName"], "PolicyArn": attached[0]["PolicyArn"]}


def log_group(account: Account, asked: Json) -> Json:
    found = account.client("logs").describe_log_groups(logGroupNamePrefix=asked["logGroupName"])
    return found["logGroups"][0]


def log_stream(account: Account, asked: Json) -> Json:
    found = account.client("logs").describe_log_streams(logGroupName=asked["logGroupName"])["logStreams"][0]
    return {**found, "logGroupName": found["arn"].split(":log-group:")[1].split(":")[0]}


def bucket(account: Account, asked: Json) -> Json:
    where = account.client("s3").get_bucket_location(Bucket=asked["Bucket"])["LocationConstraint"]
    return {**asked, "CreateBucketConfiguration": {"LocationConstraint": where}}


def of_bucket(operation: str, member: str = "") -> Callable[[Account, Json], Json]:
    """The answer of a call about a bucket, below the argument that holds it where the call names no such member."""

    def ask(account: Account, asked: Json) -> Json:
        found = getattr(account.client("s3"), operation)(Bucket=asked["Bucket"])
        return {**({member: found} if member else found), "Bucket": asked["Bucket"]}

    return ask


def stored(account: Account, asked: Json) -> Json:
    found = account.client("s3").get_object(Bucket=asked["Bucket"], Key=asked["Key"])
    return {**asked, "Body": found["Body"].read().decode()}


def topic(account: Account, asked: Json) -> Json:
    sns = account.client("sns")
    (arn,) = [one["TopicArn"] for one in sns.list_topics()["Topics"] if one["TopicArn"].endswith(f":{asked['Name']}")]
    return {"Name": asked["Name"], "Attributes": sns.get_topic_attributes(TopicArn=arn)["Attributes"]}


def topic_policy(account: Account, asked: Json) -> Json:
    found = account.client("sns").get_topic_attributes(TopicArn=asked["TopicArn"])["Attributes"]
    return {"TopicArn": found["TopicArn"], "AttributeValue": found["Policy"]}


def queue(account: Account, asked: Json) -> Json:
    return {"QueueName": asked["QueueName"], "Attributes": queue_attributes(account, asked["QueueName"])}


def queue_policy(account: Account, asked: Json) -> Json:
    name = json.loads(asked["Attributes"]["Policy"])["Statement"][0]["Resource"].rpartition(":")[2]
    return {"Attributes": queue_attributes(account, name)}


def queue_attributes(account: Account, name: str) -> Json:
    """SQS says numbers and truths as text."""
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {attribute: value_of(text) for attribute, text in found.items()}


def value_of(text: str) -> Any:
    return {"true": True, "false": False}.get(text, int(text) if text.isdigit() else text)


def database(account: Account, asked: Json) -> Json:
    return {"DatabaseInput": account.client("glue").get_database(Name=asked["DatabaseInput"]["Name"])["Database"]}


def table(account: Account, asked: Json) -> Json:
    where = {"DatabaseName": asked["DatabaseName"], "Name": asked["TableInput"]["Name"]}
    found = account.client("glue").get_table(**where)["Table"]
    return {"DatabaseName": found["DatabaseName"], "TableInput": found}


def security_configuration(account: Account, asked: Json) -> Json:
    return account.client("glue").get_security_configuration(Name=asked["Name"])["SecurityConfiguration"]


def job(account: Account, asked: Json) -> Json:
    return account.client("glue").get_job(JobName=asked["Name"])["Job"]


def crawler(account: Account, asked: Json) -> Json:
    return account.client("glue").get_crawler(Name=asked["Name"])["Crawler"]


def stream(account: Account, asked: Json) -> Json:
    name = asked["DeliveryStreamName"]
    found = account.client("firehose").describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    return {
        "DeliveryStreamName": found["DeliveryStreamName"],
        "DeliveryStreamEncryptionConfigurationInput": found["DeliveryStreamEncryptionConfiguration"],
        "ExtendedS3DestinationConfiguration": found["Destinations"][0]["ExtendedS3DestinationDescription"],
    }


def workgroup(account: Account, asked: Json) -> Json:
    return account.client("athena").get_work_group(WorkGroup=asked["Name"])["WorkGroup"]


def named_query(account: Account, asked: Json) -> Json:
    athena = account.client("athena")
    ids = athena.list_named_queries(WorkGroup=asked["WorkGroup"])["NamedQueryIds"]
    queries = athena.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]
    return next(one for one in queries if one["Name"] == asked["Name"])


def function(account: Account, asked: Json) -> Json:
    found = account.client("lambda").get_function(FunctionName=asked["FunctionName"])
    return {**found["Configuration"], **found["Concurrency"]}


def event_invoke_config(account: Account, asked: Json) -> Json:
    found = account.client("lambda").get_function_event_invoke_config(FunctionName=asked["FunctionName"])
    return {**found, "FunctionName": found["FunctionArn"].split(":")[6]}


def permission(account: Account, asked: Json) -> Json:
    policy = account.client("lambda").get_policy(FunctionName=asked["FunctionName"])["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    return {
        "FunctionName": statement["Resource"].rpartition(":")[2],
        "StatementId": statement["Sid"],
        "Action": statement["Action"],
        "Principal": statement["Principal"]["Service"],
        "SourceArn": statement["Condition"]["ArnLike"]["AWS:SourceArn"],
        "SourceAccount": statement["Condition"]["StringEquals"]["AWS:SourceAccount"],
    }


def notifications(account: Account, asked: Json) -> Json:
    found = account.client("s3").get_bucket_notification_configuration(Bucket=asked["Bucket"])
    for one in found["LambdaFunctionConfigurations"]:
        one |= {rule["Name"].title(): rule["Value"] for rule in one["Filter"]["Key"]["FilterRules"]}
    return {"Bucket": asked["Bucket"], "NotificationConfiguration": found}


ANSWERS: Mapping[str, Callable[[Account, Json], Json]] = {
    "aws_lambda_function": function,
    "aws_lambda_function_event_invoke_config": event_invoke_config,
    "aws_lambda_permission": permission,
    "aws_s3_bucket_notification": notifications,
    "aws_kms_key": key,
    "aws_kms_alias": alias,
    "aws_iam_role": role,
    "aws_iam_role_policy": role_policy,
    "aws_iam_policy": policy,
    "aws_iam_role_policy_attachment": attachment,
    "aws_cloudwatch_log_group": log_group,
    "aws_cloudwatch_log_stream": log_stream,
    "aws_s3_bucket": bucket,
    "aws_s3_bucket_versioning": of_bucket("get_bucket_versioning", "VersioningConfiguration"),
    "aws_s3_bucket_public_access_block": of_bucket("get_public_access_block"),
    "aws_s3_bucket_ownership_controls": of_bucket("get_bucket_ownership_controls"),
    "aws_s3_bucket_lifecycle_configuration": of_bucket("get_bucket_lifecycle_configuration", "LifecycleConfiguration"),
    "aws_s3_object": stored,
    "aws_sns_topic": topic,
    "aws_sns_topic_policy": topic_policy,
    "aws_sqs_queue": queue,
    "aws_sqs_queue_policy": queue_policy,
    "aws_glue_catalog_database": database,
    "aws_glue_catalog_table": table,
    "aws_glue_security_configuration": security_configuration,
    "aws_glue_job": job,
    "aws_glue_crawler": crawler,
    "aws_kinesis_firehose_delivery_stream": stream,
    "aws_athena_workgroup": workgroup,
    "aws_athena_named_query": named_query,
}


def differences(asked: Any, answer: Any, path: str = "") -> list[str]:
    """Each place at which the answer does not hold what was asked for; what it holds besides does not matter."""
    asked, answer = parsed(asked), parsed(answer)
    if isinstance(asked, dict) and isinstance(answer, dict):
        pairs = [(f"{path}.{name}", value, answer.get(name)) for name, value in asked.items()]
    elif isinstance(asked, list) and isinstance(answer, list) and len(asked) == len(answer):
        pairs = [(f"{path}[{n}]", *both) for n, both in enumerate(zip(asked, answer, strict=True))]
    else:
        return [] if asked == answer else [f"{path}: asked for {asked!r}, got {answer!r}"]
    return [one for where, left, right in pairs for one in differences(left, right, where)]


def parsed(value: Any) -> Any:
    """A policy is text here and an object there."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value
