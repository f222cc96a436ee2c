"""The Glue job: turns raw click events into Parquet, quarantine and a ledger, one arrival day at a time.

Day mode, with --arrival_date YYYY-MM-DD (what dags/clickstream_daily.py starts): builds that day from --raw_uri into
--processed_uri and --work_uri (whole buckets, s3://<bucket>/) and publishes nothing.
Catch-up mode, without any of these: builds, audits and publishes every closed day that has unprocessed raw objects, in
the deployment of --environment, --account_id and --region (the job's default arguments); commits the bookmark last.
Rejudge mode, with --rejudge RUN[,RUN...] (what dags/clickstream_replay.py starts): judges the quarantined records of
these runs again, those of --reasons REASON[,REASON...] or all of them, and writes what it finds; it changes nothing.
The first two: optionally --allow_empty true|false and --max_quarantined_share 0..1; with --environment and --region
each day's share of quarantined records goes to CloudWatch.
"""

import sys


def main(argv: list[str]) -> None:
    """Runs the job; whatever it raises is the job run's error message."""
    # Imported here: awsglue exists on Glue only, and the packages come with --extra-py-files.
    import boto3
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from awsglue.utils import getResolvedOptions
    from pyspark import SparkContext

    from clickstream.aws_errors import explaining
    from clickstream_glue.arguments import CatchUpArguments, JobArguments, RejudgeArguments, parse, present
    from clickstream_glue.catch_up import run_catch_up
    from clickstream_glue.metrics import report
    from clickstream_glue.rejudge import run_rejudge
    from clickstream_glue.run import Run, run_day

    options = getResolvedOptions(argv, ["JOB_NAME", *present(argv)])
    arguments = parse(options)
    glue = GlueContext(SparkContext.getOrCreate())
    log = glue.get_logger().info
    job = Job(glue)
    job.init(options["JOB_NAME"], options)
    modes = {
        JobArguments: lambda: report(
            run_day(Run(glue.spark_session, explaining(boto3.client("s3")), arguments, log)), options, log
        ),
        CatchUpArguments: lambda: run_catch_up(glue, arguments, log),
        RejudgeArguments: lambda: run_rejudge(glue, arguments, log),
    }
    modes[type(arguments)]()
    job.commit()


if __name__ == "__main__":
    main(sys.argv)
