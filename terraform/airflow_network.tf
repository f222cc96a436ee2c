# A VPC for MWAA, unless one is brought along: two private subnets, and NAT as the only way out.

locals {
  makes_network = var.create_airflow && var.airflow_network == null
  zone_numbers  = local.makes_network ? [0, 1] : []
  made_network = {
    vpc_id             = one(aws_vpc.airflow[*].id)
    private_subnet_ids = aws_subnet.private[*].id
  }
}

data "aws_availability_zones" "available" {
  count = local.makes_network ? 1 : 0

  state = "available"
}

resource "aws_vpc" "airflow" {
  count = local.makes_network ? 1 : 0

  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.own_names["network"] }
}

resource "aws_subnet" "private" {
  count = length(local.zone_numbers)

  vpc_id            = aws_vpc.airflow[0].id
  cidr_block        = cidrsubnet(var.vpc_cidr, 2, count.index)
  availability_zone = try(data.aws_availability_zones.available[0].names[count.index], null)
  tags              = { Name = "${local.own_names["network"]}-private-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone] # a zone that the region gets one day must not move it
  }
}

resource "aws_subnet" "public" {
  count = length(local.zone_numbers)

  vpc_id            = aws_vpc.airflow[0].id
  cidr_block        = cidrsubnet(var.vpc_cidr, 2, 2 + count.index)
  availability_zone = try(data.aws_availability_zones.available[0].names[count.index], null)
  tags              = { Name = "${local.own_names["network"]}-public-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone] # a zone that the region gets one day must not move it
  }
}

resource "aws_internet_gateway" "airflow" {
  count = local.makes_network ? 1 : 0

  vpc_id = aws_vpc.airflow[0].id
  tags   = { Name = local.own_names["network"] }
}

resource "aws_eip" "nat" {
  count = local.makes_network ? var.nat_gateway_count : 0

  domain = "vpc"
  tags   = { Name = "${local.own_names["network"]}-${count.index}" }
}

resource "aws_nat_gateway" "airflow" {
  count = local.makes_network ? var.nat_gateway_count : 0

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
  tags          = { Name = "${local.own_names["network"]}-${count.index}" }

  depends_on = [aws_internet_gateway.airflow]
}

resource "aws_route_table" "public" {
  count = local.makes_network ? 1 : 0

  vpc_id = aws_vpc.airflow[0].id
  tags   = { Name = "${local.own_names["network"]}-public" }
}

resource "aws_route_table" "private" {
  count = length(local.zone_numbers)

  vpc_id = aws_vpc.airflow[0].id
  tags   = { Name = "${local.own_names["network"]}-private-${count.index}" }
}

resource "aws_route" "public" {
  count = local.makes_network ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.airflow[0].id
}

resource "aws_route" "private" {
  count = length(local.zone_numbers)

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.airflow[min(count.index, var.nat_gateway_count - 1)].id
}

resource "aws_route_table_association" "public" {
  count = length(local.zone_numbers)

  route_table_id = aws_route_table.public[0].id
  subnet_id      = aws_subnet.public[count.index].id
}

resource "aws_route_table_association" "private" {
  count = length(local.zone_numbers)

  route_table_id = aws_route_table.private[count.index].id
  subnet_id      = aws_subnet.private[count.index].id
}

# Parquet, snapshots and DAGs come from S3 without paying NAT for each byte.
resource "aws_vpc_endpoint" "s3" {
  count = local.makes_network ? 1 : 0

  vpc_id            = aws_vpc.airflow[0].id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.private[*].id
  tags              = { Name = "${local.own_names["network"]}-s3" }
}
