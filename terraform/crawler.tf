# Adds the partitions of clickstream_generations, and nothing else: a catalog target, the table's own schema.

resource "aws_glue_crawler" "generations" {
  name                   = local.names.crawler
  description            = "Registers new days of ${local.tables.generations}"
  database_name          = aws_glue_catalog_database.events.name
  role                   = aws_iam_role.actor["crawler"].arn
  schedule               = var.crawler_schedule
  security_configuration = aws_glue_security_configuration.pipeline.name

  catalog_target {
    database_name = aws_glue_catalog_database.events.name
    tables        = [aws_glue_catalog_table.generations.name]
  }

  schema_change_policy {
    update_behavior = "LOG"
    delete_behavior = "LOG"
  }

  configuration = jsonencode({
    Version       = 1
    CrawlerOutput = { Partitions = { AddOrUpdateBehavior = "InheritFromTable" } }
  })

  depends_on = [aws_iam_role_policy.actor]
}
