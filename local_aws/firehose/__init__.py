"""Firehose: what producers put is delivered to S3 as real objects."""
