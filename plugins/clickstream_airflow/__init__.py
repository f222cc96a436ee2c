"""What the DAGs use beyond the Amazon provider: operators that know about days, ledgers, checks and publication."""
