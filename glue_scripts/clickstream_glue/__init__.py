"""The Glue job's parts: pure Spark transforms, the preflight, and the storage calls that the entry script wires."""
