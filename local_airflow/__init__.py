"""Airflow on a laptop, without Docker: PostgreSQL from PyPI, the scheduler and everything around it."""
