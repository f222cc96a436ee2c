"""Lambda: the function's own package runs in a clean interpreter, on Invoke and on notifications of S3."""
