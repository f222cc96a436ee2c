"""The function json_to_parquet: raw objects to Parquet within minutes, with the Glue job's verdicts."""
