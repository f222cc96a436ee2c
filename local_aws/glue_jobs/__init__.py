"""Glue jobs and their runs: the real script in a real Spark process. See ``engine``."""
