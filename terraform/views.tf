# Views as Athena stores them: base64 of a JSON, and the same columns in Hive's types (decision 8).

locals {
  trino_types = { string = "varchar", int = "integer", timestamp = "timestamp(3)" } # the others are spelled alike

  events_view_columns = concat(local.event_columns, local.partition_keys)
  quarantine_view_columns = concat(
    [for column in local.bookkeeping.tables.quarantine_lines.columns : { name = column.name, type = column.type }],
    [{ name = local.bookkeeping.tables.quarantine_lines.day_key, type = "string" }],
  )
  visible_kinds = join(", ", [for kind in local.bookkeeping.visible_kinds : "'${kind}'"])

  views = {
    events = {
      columns = local.events_view_columns
      sql = join(" ", [
        "SELECT ${join(", ", local.events_view_columns[*].name)} FROM ${local.tables.generations}",
        "WHERE generation IN (SELECT generation FROM ${local.tables.published} WHERE kind IN (${local.visible_kinds}))",
      ])
    }
    quarantine = {
      columns = local.quarantine_view_columns
      sql = join(" ", [
        "SELECT ${join(", ", local.quarantine_view_columns[*].name)} FROM ${local.quarantine_lines}",
        "WHERE run_id IN (SELECT run_id FROM ${local.tables.published} WHERE kind = 'main')",
      ])
    }
  }

  stored_views = {
    for role, view in local.views : role => base64encode(jsonencode({
      originalSql = view.sql
      catalog     = "awsdatacatalog"
      schema      = local.names.database
      columns = [
        for column in view.columns : { name = column.name, type = lookup(local.trino_types, column.type, column.type) }
      ]
    }))
  }
}

resource "aws_glue_catalog_table" "view" {
  for_each = local.views

  name               = local.tables[each.key]
  database_name      = aws_glue_catalog_database.events.name
  table_type         = "VIRTUAL_VIEW"
  parameters         = { presto_view = "true", comment = "Presto View" }
  view_original_text = "/* Presto View: ${local.stored_views[each.key]} */"
  view_expanded_text = "/* Presto View */"

  storage_descriptor {
    location = ""

    # A missing or empty serde block broke queries (provider issue 28517).
    ser_de_info {
      name                  = "-"
      serialization_library = "-"
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }

  lifecycle {
    precondition {
      condition = alltrue([
        for column in each.value.columns :
        can(regex("^(string|int|bigint|double|boolean|date|timestamp|decimal\\([0-9]+,[0-9]+\\))$", column.type))
      ])
      error_message = "View ${local.tables[each.key]}: a column has a type whose Trino name trino_types in views.tf does not know."
    }
  }
}
