"""What each actor asks of AWS, read from the code, and what it must never be able to: as calls that IAM would judge.

``NEEDED`` holds every call that an actor makes; an allowed action that no call needs is one too many.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.terraform.iam import Call

# Action(s), resource, context. Resources are written <zone>:<key>, table:<role>, or by a name of ``Places.arns``.
Line = tuple[str, str] | tuple[str, str, Mapping[str, str]]

CATALOG = ("catalog", "database")
PARTITION = "year=2024/month=12/day=25/part-x.parquet"
DAY = "arrival_date=2024-12-25/"


def _ask(workgroup: str, results: str) -> list[Line]:
    """Ask and read the answer in a workgroup; for others a list of what must not be possible."""
    return [
        ("athena:StartQueryExecution athena:StopQueryExecution", workgroup),
        ("athena:GetQueryExecution athena:GetQueryResults", workgroup),
        ("s3:PutObject s3:GetObject s3:AbortMultipartUpload s3:ListMultipartUploadParts", f"results:{results}x.csv"),
    ]


_WITH_RESULTS: list[Line] = [("s3:GetBucketLocation", "results"), ("kms:GenerateDataKey kms:Decrypt", "key:results")]
_PIPELINES = _ask("workgroup", "results/")
_ANALYSTS = _ask("analysts", "analysts/")
_PUBLISH = [
    *_PIPELINES,
    *_WITH_RESULTS,
    *(("glue:GetTable glue:GetPartition glue:GetPartitions", f"table:{role}") for role in (
        "generations", "published", "candidates", "events", "ledgers", "quality", "quarantine", "quarantine_lines",
    )),
    *(("glue:GetDatabase", resource) for resource in CATALOG),
    *(("glue:UpdateTable glue:CreatePartition", resource) for resource in CATALOG),
    ("glue:UpdateTable", "table:published"),
    ("glue:CreatePartition glue:BatchCreatePartition", "table:generations"),
    ("s3:ListBucket s3:GetBucketLocation", "processed"),
    ("s3:ListBucket s3:GetBucketLocation", "work"),
    ("s3:ListBucket", "raw", {"s3:prefix": "events/year=2024/month=12/day=25/"}),
    ("s3:ListBucket", "raw", {"s3:prefix": "events"}),
    ("s3:GetObject", f"processed:{PARTITION}"),
    ("s3:GetObject", "work:snapshots/x/published.json"),
    ("s3:GetObject", f"work:ledgers/{DAY}x.json"),
    ("s3:GetObject", "work:candidates/day=2024-12-24/x.parquet"),
    ("s3:GetObject", f"work:quality/{DAY}x.json"),
    ("s3:GetObject", "work:replays/jr_x.json"),
    ("s3:PutObject", "work:snapshots/x/published.json"),
    ("s3:PutObject", f"work:quality/{DAY}x.json"),
    ("s3:PutObject s3:AbortMultipartUpload s3:ListMultipartUploadParts", f"processed:{PARTITION}"),
    ("kms:GenerateDataKey kms:Decrypt", "key:processed"),
    ("kms:GenerateDataKey kms:Decrypt", "key:work"),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Clickstream"}),
]  # fmt: skip

NEEDED: dict[str, list[Line]] = {
    "firehose": [
        ("s3:PutObject s3:AbortMultipartUpload", "raw:events/year=2024/month=12/day=25/hour=00/x.gz"),
        ("s3:PutObject", "raw:errors/processing-failed/year=2024/x.gz"),
        ("s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads", "raw"),
        ("kms:GenerateDataKey kms:Decrypt", "key:raw"),
        ("logs:PutLogEvents", "firehose_log"),
    ],
    "glue-job": [
        *_PUBLISH,
        ("s3:GetObject", "raw:events/year=2024/month=12/day=25/hour=00/x.gz"),
        ("s3:GetObject s3:PutObject s3:AbortMultipartUpload", f"raw:quarantine/{DAY}run_id=x/00000.json.gz"),
        ("s3:ListBucket", "raw", {"s3:prefix": f"quarantine/{DAY}run_id=x/"}),
        ("s3:PutObject s3:AbortMultipartUpload", "work:candidates/day=2024-12-24/x.parquet"),
        ("s3:PutObject s3:AbortMultipartUpload", f"work:ledgers/{DAY}x.json"),
        ("s3:PutObject", "work:replays/jr_x.json"),
        ("s3:PutObject s3:GetObject s3:DeleteObject s3:AbortMultipartUpload", "work:staging/x/records/y.parquet"),
        ("s3:PutObject", "work:staging_$folder$"),
        ("s3:GetObject", "work:staging"),
        ("s3:PutObject s3:GetObject s3:DeleteObject s3:AbortMultipartUpload", "work:spark-logs/x"),
        ("s3:GetObject", "artifacts:glue/clickstream_transform.py"),
        ("s3:GetObject", "artifacts:glue/clickstream.zip"),
        ("kms:GenerateDataKey kms:Decrypt", "key:raw"),
        ("kms:Decrypt", "key:artifacts"),
        ("kms:Encrypt kms:GenerateDataKey kms:Decrypt", "key"),  # bookmarks, on the client's side
        ("glue:GetJobBookmark", "*"),
        ("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents logs:AssociateKmsKey", "glue_job_log"),
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Glue"}),
    ],
    "crawler": [
        ("s3:ListBucket s3:GetBucketLocation", "processed"),
        ("s3:GetObject", f"processed:{PARTITION}"),
        ("kms:Decrypt", "key:processed"),
        *(("glue:GetDatabase glue:GetTable glue:GetTables glue:CreatePartition", resource) for resource in CATALOG),
        (
            "glue:GetTable glue:GetTables glue:GetPartition glue:GetPartitions glue:BatchGetPartition "
            "glue:CreatePartition glue:BatchCreatePartition glue:UpdatePartition",
            "table:generations",
        ),
        ("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents logs:AssociateKmsKey", "glue_crawler_log"),
    ],
    "json-to-parquet": [
        ("s3:GetObject", "raw:events/year=2024/month=12/day=25/hour=00/x.gz"),
        *(("s3:ListBucket", zone) for zone in ("raw", "work")),
        ("s3:PutObject", "processed:year=2024/month=12/day=25/part-2024-12-25-live-x.parquet"),
        ("s3:GetObject s3:PutObject", "work:snapshots/x/published.json"),
        ("glue:GetTable glue:UpdateTable", "table:published"),
        *(("glue:GetTable glue:UpdateTable", resource) for resource in CATALOG),
        ("kms:Decrypt", "key:raw"),
        ("kms:GenerateDataKey kms:Decrypt", "key:processed"),
        ("kms:GenerateDataKey kms:Decrypt", "key:work"),
        ("kms:Decrypt", "key", {"kms:encryptioncontext:aws:lambda:functionarn": "{function}"}),
        ("kms:GenerateDataKey kms:Decrypt", "key", {"kms:encryptioncontext:aws:sqs:arn": "{dead_letters}"}),
        ("sqs:SendMessage", "dead_letters"),
        ("logs:CreateLogStream logs:PutLogEvents", "function_log"),
    ],
    "airflow": [
        *_PUBLISH,
        ("glue:GetJob glue:StartJobRun glue:GetJobRun", "job"),
        ("glue:GetCrawler glue:StartCrawler", "crawler"),
        ("sns:Publish", "topic"),
        ("kms:GenerateDataKey kms:Decrypt", "key", {"kms:encryptioncontext:aws:sns:topicarn": "{topic}"}),
        ("s3:DeleteObject", f"processed:{PARTITION}"),
        ("s3:DeleteObject", "work:candidates/day=2024-12-24/x.parquet"),
        ("s3:DeleteObject", "work:snapshots/x/published.json"),
    ],
    "mwaa": [
        ("airflow:PublishMetrics", "mwaa"),
        *(
            ("s3:GetObject s3:GetObjectVersion", f"artifacts:{key}")
            for key in (
                "dags/clickstream_daily.py",
                "plugins.zip",
                "requirements.txt",
            )
        ),
        (
            "s3:GetBucketLocation s3:GetBucketPublicAccessBlock s3:GetBucketVersioning s3:GetEncryptionConfiguration "
            "s3:ListBucket s3:ListBucketVersions",
            "artifacts",
        ),
        ("s3:GetAccountPublicAccessBlock logs:DescribeLogGroups cloudwatch:PutMetricData", "*"),
        (
            "logs:CreateLogGroup logs:CreateLogStream logs:GetLogEvents logs:GetLogGroupFields logs:GetLogRecord "
            "logs:GetQueryResults logs:PutLogEvents",
            "mwaa_log",
        ),
        (
            "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage "
            "sqs:SendMessage",
            "celery",
        ),
        (
            "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey",
            "key",
            {"kms:viaservice": "sqs.eu-west-1.amazonaws.com"},
        ),
        ("kms:Decrypt", "key:artifacts"),
    ],
    "analyst": [
        *_ANALYSTS,
        *_WITH_RESULTS,
        (
            "athena:GetWorkGroup athena:ListNamedQueries athena:GetNamedQuery athena:BatchGetNamedQuery "
            "athena:ListQueryExecutions athena:BatchGetQueryExecution",
            "analysts",
        ),
        ("athena:ListWorkGroups athena:ListDataCatalogs", "*"),
        *(("glue:GetDatabase glue:GetTable", resource) for resource in CATALOG),
        *(
            ("glue:GetTable glue:GetTables glue:GetPartition glue:GetPartitions", f"table:{role}")
            for role in ("events", "generations", "published", "ledgers", "quality")
        ),
        ("s3:ListBucket s3:GetBucketLocation", "processed"),
        ("s3:ListBucket", "work", {"s3:prefix": "snapshots/x/"}),
        ("s3:GetObject", f"processed:{PARTITION}"),
        ("s3:GetObject", "work:snapshots/x/published.json"),
        ("s3:GetObject", f"work:ledgers/{DAY}x.json"),
        ("s3:GetObject", f"work:quality/{DAY}x.json"),
        ("kms:Decrypt", "key:processed"),
        ("kms:Decrypt", "key:work"),
    ],
}

_RAW_EVENT = "raw:events/year=2024/month=12/day=25/hour=00/x.gz"
_QUARANTINED = f"raw:quarantine/{DAY}run_id=x/00000.json.gz"

FORBIDDEN: dict[str, list[Line]] = {
    "firehose": [
        ("s3:GetObject s3:DeleteObject", _RAW_EVENT),
        ("s3:GetObject s3:PutObject", _QUARANTINED),
        ("s3:PutObject", f"processed:{PARTITION}"),
        ("kms:Decrypt", "key:processed"),
    ],
    "glue-job": [
        ("s3:DeleteObject s3:DeleteObjectVersion s3:PutObject", _RAW_EVENT),
        ("s3:DeleteObject", _QUARANTINED),
        ("s3:DeleteObject", f"processed:{PARTITION}"),
        ("s3:DeleteObject", "work:snapshots/x/published.json"),
        ("s3:DeleteObject", f"work:ledgers/{DAY}x.json"),
        ("s3:PutObject", "artifacts:glue/clickstream.zip"),
        ("glue:UpdateTable glue:DeleteTable", "table:generations"),
        ("glue:UpdateTable", "table:events"),
        ("glue:DeletePartition glue:UpdatePartition", "table:generations"),
        ("glue:UpdateJob glue:StartJobRun", "job"),
        *_ANALYSTS,
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/Billing"}),
        ("iam:PassRole", "*"),
    ],
    "crawler": [
        ("s3:PutObject s3:DeleteObject", f"processed:{PARTITION}"),
        ("s3:GetObject", _RAW_EVENT),
        ("kms:Decrypt", "key:raw"),
        ("glue:UpdateTable glue:DeleteTable glue:CreateTable", "table:generations"),
        ("glue:DeletePartition", "table:generations"),
        ("glue:UpdateTable", "table:published"),
    ],
    "json-to-parquet": [
        ("s3:GetObject s3:PutObject", _QUARANTINED),
        ("s3:DeleteObject s3:PutObject", _RAW_EVENT),
        ("s3:GetObject s3:PutObject s3:DeleteObject", f"processed:{PARTITION}"),
        ("s3:PutObject", f"work:ledgers/{DAY}x.json"),
        ("glue:UpdateTable", "table:generations"),
        ("athena:StartQueryExecution", "workgroup"),
        ("lambda:InvokeFunction", "function"),
    ],
    "airflow": [
        ("s3:GetObject s3:DeleteObject", _RAW_EVENT),
        ("s3:GetObject s3:DeleteObject", _QUARANTINED),
        ("s3:ListBucket", "raw", {"s3:prefix": "quarantine/"}),
        ("kms:Decrypt", "key:raw"),
        ("s3:DeleteObject", f"work:ledgers/{DAY}x.json"),
        ("s3:DeleteObjectVersion", "work:snapshots/x/published.json"),
        ("glue:CreateJob glue:UpdateJob", "job"),
        ("glue:UpdateCrawler", "crawler"),
        ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Glue"}),
        ("sns:Publish", "other_topic"),
        *_ANALYSTS,
        ("sns:Subscribe sns:SetTopicAttributes", "topic"),
        ("glue:UpdateTable", "table:generations"),
        ("iam:PassRole", "*"),
    ],
    "mwaa": [
        ("s3:GetObject", _RAW_EVENT),
        ("s3:GetObject", "processed:" + PARTITION),
        ("s3:PutObject s3:DeleteObject", "artifacts:dags/clickstream_daily.py"),
        ("sqs:ReceiveMessage sqs:DeleteMessage", "dead_letters"),
        ("kms:Decrypt", "key:raw"),
    ],
    "analyst": [
        ("s3:GetObject", _RAW_EVENT),
        ("s3:GetObject", _QUARANTINED),
        ("s3:ListBucket", "raw", {"s3:prefix": "events/"}),
        ("kms:Decrypt", "key:raw"),
        ("glue:GetTable", "table:quarantine_lines"),
        ("glue:GetTable", "table:candidates"),
        ("glue:UpdateTable", "table:published"),
        ("s3:GetObject", "work:candidates/day=2024-12-24/x.parquet"),
        ("s3:PutObject s3:DeleteObject", f"processed:{PARTITION}"),
        ("s3:PutObject", "work:snapshots/x/published.json"),
        ("firehose:PutRecord", "stream"),
        *_PIPELINES,
        ("athena:GetWorkGroup athena:ListQueryExecutions athena:BatchGetQueryExecution", "workgroup"),
        ("s3:ListBucket", "results"),
    ],
}


@dataclass(frozen=True)
class Places:
    """Where a deployment lives: ARN by name (``arns``, with ``key``), bucket by zone, table by role."""

    arns: Mapping[str, str]
    buckets: Mapping[str, str]
    tables: Mapping[str, str]
    region: str

    def calls(self, lines: list[Line]) -> list[Call]:
        return [call for line in lines for call in self._calls(*line)]

    def _calls(self, actions: str, where: str, context: Mapping[str, str] | None = None) -> list[Call]:
        resource, added = self._resource(where)
        given = {key: value.format(**self.arns) for key, value in (context or {}).items()}
        secure = {"aws:securetransport": "true", "s3:tlsversion": "1.3"}
        return [Call(action, resource, {**secure, **added, **given}) for action in actions.split()]

    def _resource(self, where: str) -> tuple[str, Mapping[str, str]]:
        """ARN, and the context that S3 brings along where it uses the key for a bucket."""
        kind, _, rest = where.partition(":")
        if kind == "table":
            return self.tables[rest], {}
        if kind == "key" and rest:
            via = f"s3.{self.region}.amazonaws.com"
            bucket = f"arn:aws:s3:::{self.buckets[rest]}"
            return self.arns["key"], {"kms:viaservice": via, "kms:encryptioncontext:aws:s3:arn": bucket}
        if kind in self.buckets:
            return f"arn:aws:s3:::{self.buckets[kind]}" + (f"/{rest}" if rest else ""), {}
        return self.arns.get(where, where), {}
