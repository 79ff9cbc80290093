variable "subscription_id" {
  description = "Azure subscription of the environment."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "name" {
  description = "Name of the system; the same as in the main root."
  type        = string
  default     = "eshop"
  nullable    = false
}

variable "suffix" {
  description = "Letters or digits that make global names yours; the same as in the main root."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{3,4}$", var.suffix))
    error_message = "suffix has 3 or 4 lower-case letters or digits."
  }
}

variable "location" {
  description = "Azure region."
  type        = string
  nullable    = false
}

variable "owner" {
  description = "Team that answers for the resources (tag)."
  type        = string
  nullable    = false
}

variable "cost_center" {
  description = "Who pays (tag)."
  type        = string
  nullable    = false
}

variable "administrators_object_id" {
  description = "Entra group that reads and writes the state and sets the gateway's certificate."
  type        = string
  nullable    = false
}

variable "allowed_ip_ranges" {
  description = "Public IPv4 ranges of the administrators, and of agents in another region: the only ones that reach state and vault from outside."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.allowed_ip_ranges) > 0 && alltrue([for range in var.allowed_ip_ranges : !endswith(range, "/0")])
    error_message = "allowed_ip_ranges names at least one range, and never everybody."
  }
}

variable "pipeline" {
  description = <<-EOT
    The pipeline's service connection, which logs in by workload identity federation. Azure DevOps shows both values.
    - `issuer` https://vstoken.dev.azure.com/<organisation id>, or the Entra issuer of newer connections
    - `subject` sc://<organisation>/<project>/<service connection>
  EOT
  type = object({
    issuer  = string
    subject = string
  })
  nullable = false
}
