"""Glue crawlers: what lies in S3 becomes a partition in the catalog."""
