"""A stand-in for AWS Glue's library, on the path of a local job run only.

Supports: ``utils.getResolvedOptions`` and ``GlueArgumentError``; ``context.GlueContext`` with ``spark_session``,
``get_logger()`` (info, warn, error) and ``create_dynamic_frame.from_options`` for JSON objects of S3 (``paths`` and
``recurse`` only); ``dynamicframe.DynamicFrame`` with ``count()`` and ``toDF()``; ``job.Job`` with ``init``,
``isInitialized`` and ``commit``; bookmarks on frames that have a ``transformation_ctx``.
Does not support: other frames, formats and options (``maxBand`` and ``maxFilesInBand`` have Glue's defaults),
transforms, sinks, the catalog. Asking for those raises, naming what is missing: nothing here returns a value that Glue
would not, but for the counts of broken lines (see ``dynamicframe``).
"""
