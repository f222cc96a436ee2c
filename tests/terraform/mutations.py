"""One break per rule: what to change in a copy of the HCL, the rule that must see it, and what it must say."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """``old`` becomes ``new`` in ``file``, at its first place; ``guard`` then says ``says``."""

    guard: str
    says: str
    file: str
    old: str
    new: str


MUTATIONS = (
    Mutation("every_bucket_blocks_public_access", "block_public_policy is off", "buckets.tf",
             "block_public_policy     = true", "block_public_policy     = false"),
    Mutation("every_bucket_belongs_to_its_owner", "ACLs are possible", "buckets.tf",
             "BucketOwnerEnforced", "ObjectWriter"),
    Mutation("every_bucket_is_encrypted_with_the_key", "no bucket key", "buckets.tf",
             "bucket_key_enabled       = true", "bucket_key_enabled       = false"),
    Mutation("every_bucket_refuses_plain_http_and_old_tls", "s3:GetObject over plain HTTP is not denied",
             "bucket_policies.tf", 'values   = ["false"]', 'values   = ["maybe"]'),
    Mutation("every_bucket_refuses_other_keys", "another key is not denied", "bucket_policies.tf",
             "values   = [aws_kms_key.data.arn]", 'values   = ["*"]'),
    Mutation("no_pipeline_role_can_delete_raw", "glue-job may s3:DeleteObject in the raw bucket", "bucket_policies.tf",
             'each.key == "raw" ? ["raw"] : []', 'each.key == "none" ? ["raw"] : []'),
    Mutation("what_cannot_be_made_again_is_versioned", "raw: not versioned", "buckets.tf",
             "raw       = { name = local.names.raw_bucket, versioned = true }",
             "raw       = { name = local.names.raw_bucket, versioned = false }"),
    Mutation("every_bucket_aborts_uploads_and_clears_rubbish", "raw: incomplete uploads stay", "bucket_lifecycles.tf",
             'id     = "abort-incomplete-uploads"\n    status = "Enabled"',
             'id     = "abort-incomplete-uploads"\n    status = "Disabled"'),
    Mutation("what_is_visible_never_expires", "work: snapshots/ expires", "bucket_lifecycles.tf",
             'id = "expire-staging", prefix = local.prefixes.staging', 'id = "expire-staging", prefix = ""'),
    Mutation("raw_events_are_deleted_when_asked_and_only_then", "raw: events are kept", "bucket_lifecycles.tf",
             "expire = var.raw_retention_days", "expire = null"),
    Mutation("buckets_are_not_deleted_with_their_content", "force_destroy", "buckets.tf",
             "force_destroy = var.force_destroy", "force_destroy = true"),
    Mutation("the_key_rotates_and_outlives_a_mistake", "no rotation", "key.tf",
             "enable_key_rotation     = true", "enable_key_rotation     = false"),
    Mutation("no_allowed_action_has_a_wildcard", "action glue:*", "policy_airflow.tf",
             '"glue:GetCrawler"', '"glue:*"'),
    Mutation("resources_are_exact", "RunTheJob: every resource", "policy_airflow.tf", "[local.job_arn]", '["*"]'),
    Mutation("statements_say_what_they_are_for", "'log' is no sentence", "policy_crawler.tf", '"Log"', '"log"'),
    Mutation("a_role_is_passed_to_one_service_only", "iam:PassRole to any service", "policy_crawler.tf",
             '"s3:GetBucketLocation", ', '"iam:PassRole", "s3:GetBucketLocation", '),
    Mutation("roles_trust_services_acting_for_this_account", "trusts a service acting for any account", "roles.tf",
             'variable = "aws:SourceAccount"', 'variable = "aws:SourceOrgID"'),
    Mutation("services_are_let_in_for_this_account_only", "a service acting for anybody", "journal.tf",
             'variable = "aws:SourceArn"', 'variable = "aws:PrincipalArn"'),
    Mutation("queues_and_topics_refuse_plain_http", "aws_sns_topic_policy.alarms: plain HTTP", "alarm_topic.tf",
             'variable = "aws:SecureTransport"', 'variable = "aws:ViaAWSService"'),
    Mutation("queues_topics_and_logs_are_encrypted", "aws_sqs_queue.journal: not encrypted", "journal.tf",
             "sqs_managed_sse_enabled   = true", "sqs_managed_sse_enabled   = false"),
    Mutation("every_call_of_the_pipeline_is_allowed", "firehose may not s3:PutObject", "policy_firehose.tf",
             "${local.prefixes.errors}*", "error/*"),
    Mutation("what_an_actor_must_not_do_is_denied", "analyst may s3:GetObject", "policy_analyst.tf",
             'for prefix in ["ledgers", "quality", "snapshots"] : "${local.bucket_arns.work}',
             'for prefix in ["candidates", "ledgers", "quality", "snapshots"] : "${local.bucket_arns.work}'),
    Mutation("what_an_actor_must_not_do_is_denied", "analyst may athena:GetQueryResults", "policy_analyst.tf",
             'document.query["analysts"].json', 'document.query["pipeline"].json'),
    Mutation("every_statement_and_action_is_needed", "no call needs s3:GetObjectTagging", "policy_function.tf",
             'actions   = ["s3:GetObject"]', 'actions   = ["s3:GetObject", "s3:GetObjectTagging"]'),
    Mutation("firehose_delivers_gzipped_lines_where_the_layout_says", "compression: UNCOMPRESSED", "stream.tf",
             '"GZIP"', '"UNCOMPRESSED"'),
    Mutation("the_job_is_glue_5_1_and_leaves_retries_to_airflow", "with 1 retries", "job.tf",
             "max_retries            = 0", "max_retries            = 1"),
    Mutation("the_job_knows_every_argument", "--date is nobody's argument", "job.tf",
             '"--region"        = var.region', '"--region"        = var.region\n    "--date"          = "x"'),
    Mutation("the_job_finds_its_code", "is not uploaded", "job.tf",
             "${local.artifacts_uri}${local.prefixes.glue_script}", "${local.artifacts_uri}main.py"),
    Mutation("the_crawler_only_adds_partitions", "it may change a schema", "crawler.tf",
             'update_behavior = "LOG"', 'update_behavior = "UPDATE_IN_DATABASE"'),
    Mutation("workgroups_are_enforced_encrypted_and_limited", "clients may bring settings of their own", "athena.tf",
             "enforce_workgroup_configuration    = true", "enforce_workgroup_configuration    = false"),
    Mutation("workgroups_are_enforced_encrypted_and_limited", "clickstream-analysts-dev: results go to", "athena.tf",
             'results = "analysts/"', 'results = "results/"'),
    Mutation("alarms_are_complete_and_reach_somebody", "no alarm clickstream-dead-letters-dev", "alarms.tf",
             '"dead-letters" = {', '"dead-mail" = {'),
    Mutation("alarms_are_complete_and_reach_somebody", "aws_budgets_budget.monthly[0]: nobody hears it", "alarms.tf",
             "subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]",
             'subscriber_email_addresses = ["a@example.com"]'),
    Mutation("alarms_look_at_what_aws_measures", "stream-not-fresh: looks at", "alarms.tf",
             "DeliveryToS3.DataFreshness", "DataFreshness"),
    Mutation("silence_is_an_alarm_where_a_scheduler_may_be_dead", "no publication at all would pass", "alarms.tf",
             'missing = "breaching"', 'missing = "notBreaching"'),
    Mutation("the_function_is_called_by_our_bucket_only", "another bucket may call it", "function.tf",
             "  source_account = local.account_id", '  source_account = "999999999999"'),
    Mutation("mwaa_is_private_logged_and_configured", "it is told", "airflow.tf",
             '"clickstream.region"          = var.region', '"clickstream.zone"            = var.region'),
    Mutation("mwaas_network_lets_https_out_and_nothing_in", "('tcp', 22, 22, '0.0.0.0/0')", "airflow.tf",
             'resource "aws_vpc_security_group_egress_rule" "itself" {',
             'resource "aws_vpc_security_group_ingress_rule" "open" {\n  count = var.create_airflow ? 1 : 0\n'
             '  security_group_id = aws_security_group.airflow[0].id\n  cidr_ipv4 = "0.0.0.0/0"\n'
             '  ip_protocol = "tcp"\n  from_port = 22\n  to_port = 22\n}\n\n'
             'resource "aws_vpc_security_group_egress_rule" "itself" {'),
    Mutation("mwaas_network_lets_https_out_and_nothing_in", "('tcp', 0, 443, '0.0.0.0/0')", "airflow.tf",
             "from_port         = 443", "from_port         = 0"),
    Mutation("mwaas_subnets_lead_to_nat_only", "aws_route_table_association.private: a private subnet has another's",
             "airflow_network.tf", "route_table_id = aws_route_table.private[count.index].id\n  subnet_id ",
             "route_table_id = aws_route_table.public[0].id\n  subnet_id "),
    Mutation("mwaas_subnets_lead_to_nat_only", "aws_route.private: leads from a private subnet to ['gateway_id']",
             "airflow_network.tf", "nat_gateway_id         = aws_nat_gateway.airflow[min(count.index, "
             "var.nat_gateway_count - 1)].id", "gateway_id             = aws_internet_gateway.airflow[0].id"),
    Mutation("old_events_are_archived_and_nothing_else_is", "'GLACIER')], expected", "bucket_lifecycles.tf",
             '"GLACIER_IR"', '"GLACIER"'),
    Mutation("superseded_versions_go", "artifacts: superseded versions stay for ever", "bucket_lifecycles.tf",
             "superseded = 90", "superseded = null"),
    Mutation("services_may_do_what_they_must", "cloudwatch.amazonaws.com may not sns:Publish", "alarm_topic.tf",
             "${local.alarms_arn}:clickstream-", "${local.alarms_arn}:pipeline-"),
    Mutation("services_act_for_this_deployment_only", "/aws/lambda/clickstream-json-to-parquet-elsewhere", "key.tf",
             '"/aws/lambda/${local.function_name}"', '"/aws/lambda/clickstream-*"'),
    Mutation("services_act_for_this_deployment_only", "aws_kms_key.data: cloudwatch.amazonaws.com may kms:Decrypt",
             "key.tf", 'test     = "StringEquals"\n      variable = "kms:EncryptionContext:aws:sns:topicArn"\n'
             "      values   = [local.topic_arn]", 'test     = "StringLike"\n      variable = '
             '"kms:EncryptionContext:aws:sns:topicArn"\n      values   = ["*"]'),
    Mutation("everything_is_encrypted_with_our_key", "aws_cloudwatch_log_group.function: kms_key_id is", "function.tf",
             "kms_key_id        = aws_kms_key.data.arn", 'kms_key_id        = "arn:aws:kms:x:111122223333:key/x"'),
    Mutation("glue_encrypts_results_logs_and_bookmarks", "job_bookmarks_encryption_mode is DISABLED", "job.tf",
             '"CSE-KMS"', '"DISABLED"'),
    Mutation("each_part_acts_in_its_own_role", "aws_glue_crawler.generations: acts as", "crawler.tf",
             'aws_iam_role.actor["crawler"].arn', 'aws_iam_role.actor["glue-job"].arn'),
    Mutation("each_part_works_in_this_deployment", "AIRFLOW__CLICKSTREAM__REGION is elsewhere", "function.tf",
             "AIRFLOW__CLICKSTREAM__REGION      = var.region", 'AIRFLOW__CLICKSTREAM__REGION      = "elsewhere"'),
    Mutation("each_role_has_its_policy", "firehose: its role has no policy", "roles.tf",
             "role   = aws_iam_role.actor[each.key].name", 'role   = aws_iam_role.actor["crawler"].name'),
)  # fmt: skip


def mutate(folder: Path, mutation: Mutation) -> None:
    """Carries a mutation out; ValueError where the HCL no longer says what it changes."""
    path = folder / mutation.file
    text = path.read_text(encoding="utf-8")
    if mutation.old not in text:
        raise ValueError(
            f"{mutation.file} no longer holds {mutation.old!r}: mutate something else for {mutation.guard}"
        )
    path.write_text(text.replace(mutation.old, mutation.new, 1), encoding="utf-8")
