"""Amazon Athena (engine version 3) over the local Glue catalog and S3: sqlglot reads the SQL, DuckDB executes it."""

from local_aws.athena.engine import AthenaEngine

__all__ = ["AthenaEngine"]
