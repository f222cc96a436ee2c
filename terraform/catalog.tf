# The catalog, from event_contract.json and bookkeeping_tables.json: no column is typed here.

locals {
  contract    = jsondecode(file("${local.repository}/dags/clickstream/event_contract.json"))
  bookkeeping = jsondecode(file("${local.repository}/dags/clickstream/bookkeeping_tables.json"))

  event_columns = [
    for column in local.contract.columns : { name = column.name, type = column.type }
    if try(column.origin, "event") != "raw_only"
  ]
  partition_keys   = [for key in local.contract.partition_keys : { name = key, type = "string" }]
  quarantine_lines = local.bookkeeping.tables.quarantine_lines.name

  parquet = {
    input  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    serde  = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
  }
  ndjson = {
    input  = "org.apache.hadoop.mapred.TextInputFormat"
    output = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    serde  = "org.openx.data.jsonserde.JsonSerDe"
  }

  # Tables with a folder per day, computed (partition projection) instead of registered.
  dated_tables = merge(
    {
      candidates = {
        name    = local.tables.candidates, uri = "s3://${local.names.work_bucket}/${local.prefixes.candidates}",
        columns = local.event_columns, day_key = "day", format = local.parquet
      }
    },
    {
      for role, table in local.bookkeeping.tables : role => {
        name    = try(table.name, local.tables[role]),
        uri     = "s3://${local.names[table.bucket]}/${local.prefixes[table.prefix]}",
        columns = table.columns, day_key = table.day_key, format = local.ndjson
      } if can(table.day_key)
    },
  )
}

resource "aws_glue_catalog_database" "events" {
  name        = local.names.database
  description = "Click events of ${var.environment}: query the view ${local.tables.events}"
}

# Every generation, published or not. The crawler adds its partitions.
resource "aws_glue_catalog_table" "generations" {
  name          = local.tables.generations
  database_name = aws_glue_catalog_database.events.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { EXTERNAL = "TRUE" }

  dynamic "partition_keys" {
    for_each = local.partition_keys

    content {
      name = partition_keys.value.name
      type = partition_keys.value.type
    }
  }

  storage_descriptor {
    location      = "s3://${local.names.processed_bucket}/"
    input_format  = local.parquet.input
    output_format = local.parquet.output

    ser_de_info {
      serialization_library = local.parquet.serde
    }

    dynamic "columns" {
      for_each = local.event_columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

resource "aws_glue_catalog_table" "dated" {
  for_each = local.dated_tables

  name          = each.value.name
  database_name = aws_glue_catalog_database.events.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL                                  = "TRUE"
    "projection.enabled"                      = "true"
    "projection.${each.value.day_key}.type"   = "date"
    "projection.${each.value.day_key}.format" = "yyyy-MM-dd"
    "projection.${each.value.day_key}.range"  = "2015-01-01,NOW+2DAYS"
    "storage.location.template"               = "${each.value.uri}${each.value.day_key}=$${${each.value.day_key}}/"
  }

  partition_keys {
    name = each.value.day_key
    type = "string"
  }

  storage_descriptor {
    location      = each.value.uri
    input_format  = each.value.format.input
    output_format = each.value.format.output

    ser_de_info {
      serialization_library = each.value.format.serde
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}
