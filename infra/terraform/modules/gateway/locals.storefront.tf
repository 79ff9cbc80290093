# infra/gateway/storefront.json as rules of the Application Gateway; the local gateway reads the same file
# (local/gateway/src/storefront-places.ts), and tools/terraform/storefront-policy.ts holds both to each other.
locals {
  storefront_templates = {
    for kind, templates in { pages = var.storefront.table.pages, prerendered = var.storefront.table.prerendered } :
    kind => join("|", [for template in templates : replace(trimsuffix(template, "/"), "/\\{\\w+\\}/", "[^/.]+")])
  }
  storefront_languages = join("|", var.storefront.table.languages)

  # What the payment provider needs by its own word; one that is not in the table has all of it where its script lies.
  storefront_payments = try(var.storefront.table.payments[var.storefront.payments_origin], {
    scripts = [var.storefront.payments_origin], frames = [var.storefront.payments_origin], connections = []
  })
  storefront_sources = merge(
    { for whose, origins in var.storefront.identity_origins : "identity-${whose}" => join(" ", origins) },
    { for kind, origins in local.storefront_payments : kind => join("", formatlist(" %s", origins)) },
  )
  storefront_policies = {
    for whose, policy in var.storefront.table.policies : whose =>
    replace(replace(replace(replace(policy,
      "{identity}", local.storefront_sources["identity-${whose}"]),
      "{payment-scripts}", local.storefront_sources.scripts),
      "{payment-frames}", local.storefront_sources.frames),
    "{payment-connections}", local.storefront_sources.connections)
  }
  # Without a condition: of every answer, and first. A later rule takes the place of a header.
  storefront_headers = merge(
    { for name, value in var.gateway.securityHeaders : name => value if name != "content-security-policy" },
    {
      content-security-policy   = local.storefront_policies.shop
      strict-transport-security = "max-age=31536000; includeSubDomains"
    },
  )

  # No file that one rule names fits the pattern of another: it does not matter which path a later condition sees.
  storefront_places = {
    staff       = { sequence = 20, pattern = "^(${join("|", var.storefront.table.staff)})(/.*)?$", file = "/staff.html", headers = { content-security-policy = local.storefront_policies.staff } }
    pages       = { sequence = 30, pattern = "^(/(${local.storefront_languages}))?(${local.storefront_templates.pages})/?$", file = "/index.html", headers = {} }
    prerendered = { sequence = 40, pattern = "^((/(${local.storefront_languages}))?(${local.storefront_templates.prerendered}))/?$", file = "{var_uri_path_1}.html", headers = {} }
  }
}
