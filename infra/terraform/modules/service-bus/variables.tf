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

variable "sku" {
  description = "Standard (one public endpoint, Entra only) or Premium (private endpoint, zones, fixed capacity)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["Standard", "Premium"], var.sku)
    error_message = "sku must be Standard or Premium: Basic has no topics."
  }
}

variable "capacity" {
  description = "Messaging units of a Premium namespace."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2, 4, 8, 16], var.capacity)
    error_message = "capacity must be 1, 2, 4, 8 or 16 messaging units."
  }
}

variable "public_network_access_enabled" {
  description = "Whether the namespace answers on its public endpoint. Only Premium can switch it off."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.public_network_access_enabled || var.sku == "Premium"
    error_message = "Only the Premium sku can do without public network access."
  }
}

variable "entities" {
  description = "One namespace of infra/service-bus/entities.json, the file that the local emulator reads as well."
  type = object({
    Queues = list(object({
      Name = string
      Properties = optional(object({
        DeadLetteringOnMessageExpiration    = optional(bool)
        DefaultMessageTimeToLive            = optional(string)
        DuplicateDetectionHistoryTimeWindow = optional(string)
        ForwardDeadLetteredMessagesTo       = optional(string)
        ForwardTo                           = optional(string)
        LockDuration                        = optional(string)
        MaxDeliveryCount                    = optional(number)
        RequiresDuplicateDetection          = optional(bool)
        RequiresSession                     = optional(bool)
      }), {})
    }))
    Topics = list(object({
      Name = string
      Properties = optional(object({
        DefaultMessageTimeToLive            = optional(string)
        DuplicateDetectionHistoryTimeWindow = optional(string)
        RequiresDuplicateDetection          = optional(bool)
      }), {})
      Subscriptions = optional(list(object({
        Name = string
        Properties = optional(object({
          DeadLetteringOnMessageExpiration = optional(bool)
          DefaultMessageTimeToLive         = optional(string)
          ForwardDeadLetteredMessagesTo    = optional(string)
          ForwardTo                        = optional(string)
          LockDuration                     = optional(string)
          MaxDeliveryCount                 = optional(number, 10)
          RequiresSession                  = optional(bool)
        }), {})
        Rules = optional(list(object({
          Name = string
          Properties = object({
            FilterType = string
            SqlFilter  = optional(object({ SqlExpression = string }))
            Action     = optional(object({ SqlExpression = string }))
            CorrelationFilter = optional(object({
              ContentType      = optional(string)
              CorrelationId    = optional(string)
              Label            = optional(string)
              MessageId        = optional(string)
              Properties       = optional(map(string))
              ReplyTo          = optional(string)
              ReplyToSessionId = optional(string)
              SessionId        = optional(string)
              To               = optional(string)
            }))
          })
        })), [])
      })), [])
    }))
  })
  nullable = false

  validation {
    condition = alltrue(flatten([for topic in var.entities.Topics : [for subscription in topic.Subscriptions : [
      for rule in subscription.Rules : rule.Properties.FilterType == "Sql" ? rule.Properties.SqlFilter != null : rule.Properties.FilterType == "Correlation" && rule.Properties.CorrelationFilter != null
    ]]]))
    error_message = "A rule is of FilterType Sql with a SqlFilter, or of FilterType Correlation with a CorrelationFilter."
  }
}
