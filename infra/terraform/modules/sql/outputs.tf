output "id" {
  description = "Id of the server."
  value       = azurerm_mssql_server.this.id
}

output "database_ids" {
  description = "Database ids by name."
  value       = { for name, database in azurerm_mssql_database.this : name => database.id }
}

output "urls" {
  description = "URL of each database, as the apps read it. Without user and password: the caller's identity logs in."
  value = {
    for name, database in var.databases : name =>
    "mssql://${var.name}.database.windows.net:1433/${name}${database.append_only_ledger ? "?ledger=append-only" : ""}"
  }
}

output "connection_strings" {
  description = "Connection string of each database. No secret: the caller's managed or workload identity logs in."
  value = {
    for name, database in var.databases : name =>
    "Server=tcp:${var.name}.database.windows.net,1433;Database=${name};Authentication=Active Directory Default;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30"
  }
}
