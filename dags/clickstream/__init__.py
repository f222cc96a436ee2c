"""What DAGs, the Glue job, the Lambda and the local AWS share. Standard library only (boto3 where it is used)."""
