"""What becomes of a raw line, in plain Python: the Glue job's verdicts, values and reasons, one record at a time.

The Glue job judges millions of lines with Spark; here the same rules, from the same contract and patterns, judge the
few that the json_to_parquet function's columns leave over. Tests hold both to each other, line by line.
"""
