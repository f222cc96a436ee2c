# Code as versioned objects: an older version can be put back, and says what ran when.

locals {
  artifacts = {
    glue_script  = { key = local.prefixes.glue_script, file = basename(local.prefixes.glue_script) }
    glue_library = { key = local.prefixes.glue_library, file = basename(local.prefixes.glue_library) }
  }
  artifacts_uri = "s3://${local.names.artifacts_bucket}/"
}

resource "aws_s3_object" "artifact" {
  for_each = local.artifacts

  bucket = aws_s3_bucket.zone["artifacts"].id
  key    = each.value.key
  source = "${var.artifacts_folder}/${each.value.file}"
  # Under KMS an ETag is no hash of the content.
  source_hash = try(filebase64sha256("${var.artifacts_folder}/${each.value.file}"), null)

  lifecycle {
    precondition {
      condition     = fileexists("${var.artifacts_folder}/${each.value.file}")
      error_message = "${var.artifacts_folder}/${each.value.file} is not built. Run in the repository: python scripts/build_artifacts.py"
    }
  }

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.zone, aws_s3_bucket_versioning.zone]
}
