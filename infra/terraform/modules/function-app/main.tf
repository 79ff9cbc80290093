# Flex Consumption has one app per plan.
resource "azurerm_service_plan" "this" {
  name                   = "asp-${var.name}"
  location               = var.location
  resource_group_name    = var.resource_group_name
  os_type                = "Linux"
  sku_name               = "FC1"
  zone_balancing_enabled = var.zone_balancing_enabled
  tags                   = var.tags
}

locals {
  identity_connection = {
    AzureWebJobsStorage__accountName = var.storage.account_name
    AzureWebJobsStorage__credential  = "managedidentity"
    AzureWebJobsStorage__clientId    = var.identity.client_id
    # DefaultAzureCredential in the app's own code picks the user-assigned identity by this.
    AZURE_CLIENT_ID                           = var.identity.client_id
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${var.identity.client_id};Authorization=AAD"
  }
}

resource "azurerm_function_app_flex_consumption" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  service_plan_id     = azurerm_service_plan.this.id
  tags                = var.tags

  runtime_name           = "node"
  runtime_version        = var.runtime_version
  instance_memory_in_mb  = var.instance_memory_mb
  maximum_instance_count = var.maximum_instance_count

  storage_container_type            = "blobContainer"
  storage_container_endpoint        = var.storage.container_url
  storage_authentication_type       = "UserAssignedIdentity"
  storage_user_assigned_identity_id = var.identity.id

  https_only                                     = true
  public_network_access_enabled                  = var.public_network_access_enabled
  webdeploy_publish_basic_authentication_enabled = false
  virtual_network_subnet_id                      = var.subnet_id
  app_settings                                   = merge(var.app_settings, local.identity_connection)

  # The provider (4.73) has no argument for the identity that resolves Key Vault references, so Azure takes the
  # system-assigned one. It can read the app's vault and nothing else.
  identity {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [var.identity.id]
  }

  dynamic "always_ready" {
    for_each = var.always_ready

    content {
      name           = always_ready.key
      instance_count = always_ready.value
    }
  }

  site_config {
    minimum_tls_version                    = "1.2"
    scm_minimum_tls_version                = "1.2"
    http2_enabled                          = true
    ip_restriction_default_action          = "Deny"
    scm_ip_restriction_default_action      = "Deny"
    application_insights_connection_string = var.application_insights_connection_string

    dynamic "ip_restriction" {
      for_each = var.public_network_access_enabled ? var.allowed_ip_ranges : []

      content {
        name       = "allowed-${ip_restriction.key}"
        action     = "Allow"
        priority   = 100 + ip_restriction.key
        ip_address = strcontains(ip_restriction.value, "/") ? ip_restriction.value : "${ip_restriction.value}/32"
      }
    }

    dynamic "scm_ip_restriction" {
      for_each = var.public_network_access_enabled ? var.allowed_ip_ranges : []

      content {
        name       = "allowed-${scm_ip_restriction.key}"
        action     = "Allow"
        priority   = 100 + scm_ip_restriction.key
        ip_address = strcontains(scm_ip_restriction.value, "/") ? scm_ip_restriction.value : "${scm_ip_restriction.value}/32"
      }
    }
  }
}

# The provider adds an empty AzureWebJobsStorage setting to an app whose storage is identity-based, and the host then
# prefers the empty connection string to the identity (hashicorp/terraform-provider-azurerm #29693, open at 4.73).
# Every update of the app adds it again, whatever argument it was for, so the removal follows every update.
resource "terraform_data" "strip_empty_storage_setting" {
  count = var.strip_empty_storage_setting ? 1 : 0

  lifecycle {
    replace_triggered_by = [azurerm_function_app_flex_consumption.this]
  }

  provisioner "local-exec" {
    command = "az functionapp config appsettings delete --ids ${azurerm_function_app_flex_consumption.this.id} --setting-names AzureWebJobsStorage --output none"
  }
}
