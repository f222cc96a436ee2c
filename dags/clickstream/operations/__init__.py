"""What the operations page tells of each day, from snapshots, ledgers, quality history and listings. No Airflow."""
