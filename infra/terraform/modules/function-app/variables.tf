variable "name" {
  description = "Name of the resource, unique where Azure asks for it."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Azure region, e.g. westeurope."
  type        = string
  nullable    = false
}

variable "resource_group_name" {
  description = "Resource group that holds the resource."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  nullable    = false
}

variable "runtime_version" {
  description = "Node's major version."
  type        = string
  default     = "24"
  nullable    = false

  validation {
    condition     = contains(["22", "24"], var.runtime_version)
    error_message = "runtime_version must be 22 or 24."
  }
}

variable "instance_memory_mb" {
  description = "Memory of an instance: 2048 or 4096 MB."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains([2048, 4096], var.instance_memory_mb)
    error_message = "instance_memory_mb must be 2048 or 4096."
  }
}

variable "maximum_instance_count" {
  description = "Most instances that the app scales out to. Keep it below what the databases' connection limits bear."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.maximum_instance_count >= 1 && var.maximum_instance_count <= 1000
    error_message = "maximum_instance_count must lie between 1 and 1000."
  }
}

variable "always_ready" {
  description = "Instances kept warm per scaling group: http, durable, blob or function:<name>."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "zone_balancing_enabled" {
  description = "Spread the instances over zones."
  type        = bool
  default     = false
  nullable    = false
}

variable "identity" {
  description = "The app's user-assigned identity: it reads the package, the queues and the databases."
  type = object({
    id        = string
    client_id = string
  })
  nullable = false
}

variable "storage" {
  description = "Storage account of the host and the container that holds the deployment package."
  type = object({
    account_name  = string
    container_url = string
  })
  nullable = false
}

variable "subnet_id" {
  description = "Subnet delegated to Microsoft.App/environments that the app's outgoing calls come from."
  type        = string
  nullable    = false
}

variable "app_settings" {
  description = "Application settings. A secret is a Key Vault reference, never a value."
  type        = map(string)
  nullable    = false

  validation {
    condition     = !contains(keys(var.app_settings), "AzureWebJobsStorage")
    error_message = "The host's storage is an identity-based connection: AzureWebJobsStorage must not be set."
  }
  validation {
    condition     = length(setintersection(keys(var.app_settings), ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE"])) == 0
    error_message = "Flex Consumption refuses FUNCTIONS_WORKER_RUNTIME, FUNCTIONS_EXTENSION_VERSION and WEBSITE_RUN_FROM_PACKAGE."
  }
}

variable "application_insights_connection_string" {
  description = "Where telemetry goes. It holds no credential: the identity logs in."
  type        = string
  nullable    = false
  sensitive   = true
}

variable "public_network_access_enabled" {
  description = "Whether the app answers on its public endpoint. If so, only `allowed_ip_ranges` get through."
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_ip_ranges" {
  description = "IPv4 ranges that may call the app and its deployment endpoint when it is public."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "strip_empty_storage_setting" {
  description = "Remove the empty AzureWebJobsStorage setting that the provider adds (see main.tf). Needs the Azure CLI, logged in."
  type        = bool
  default     = true
  nullable    = false
}
