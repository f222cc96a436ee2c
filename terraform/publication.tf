# What is visible. Terraform makes the pointer, at the empty snapshot; from then on publications move it.

locals {
  initial_snapshot = "${local.prefixes.snapshots}initial/"
}

resource "aws_s3_object" "initial_snapshot" {
  bucket  = aws_s3_bucket.zone["work"].id
  key     = "${local.initial_snapshot}published.json"
  content = ""

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.zone, aws_s3_bucket_versioning.zone]
}

resource "aws_glue_catalog_table" "published" {
  name          = local.tables.published
  database_name = aws_glue_catalog_database.events.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { EXTERNAL = "TRUE" }

  storage_descriptor {
    location      = "s3://${local.names.work_bucket}/${local.initial_snapshot}"
    input_format  = local.ndjson.input
    output_format = local.ndjson.output

    ser_de_info {
      serialization_library = local.ndjson.serde
    }

    dynamic "columns" {
      for_each = local.bookkeeping.tables.published.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }

  lifecycle {
    # The location is the commit: an apply must never set it back.
    ignore_changes = [storage_descriptor[0].location]
  }

  depends_on = [aws_s3_object.initial_snapshot]
}
