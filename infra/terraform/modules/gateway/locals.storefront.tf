# infra/gateway/storefront.json as rules of the Application Gateway; the local gateway reads the same file
# (local/gateway/src/storefront-places.ts), and tools/terraform/storefront-policy.ts holds both to each other.
locals {
  storefront_templates = {
    for kind, templates in { pages = var.storefront.table.pages, prerendered = var.storefront.table.prerendered } :
    kind => join("|", [for template in templates : replace(trimsuffix(template, "/"), "/\\{\\w+\\}/", "[^/.]+")])
  }
  storefront_languages = join("|", var.storefront.table.languages)

  storefront_policies = {
    for whose, policy in var.storefront.table.policies : whose =>
    replace(replace(policy, "{identity}", join(" ", var.storefront.identity_origins[whose])), "{payments}", var.storefront.payments_origin)
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
