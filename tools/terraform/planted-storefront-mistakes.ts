/** A mistake: `right` is replaced by `wrong` in a file of infra/terraform, and `found` is all that is then found. */
export type Mistake = { name: string; path: string; right: string | RegExp; wrong: string; found: string[] }

/** Mistakes in what the storefront is served by. */
export const storefrontMistakes: readonly Mistake[] = [
  {
    name: "staff's pages that may load what shoppers' do",
    path: "modules/gateway/locals.storefront.tf",
    right: "headers = { content-security-policy = local.storefront_policies.staff }",
    wrong: "headers = {}",
    found: [
      "storefront: module.gateway.azurerm_application_gateway.this: /back-office has other headers than locally",
    ],
  },
  {
    name: "prerendered pages that are looked for elsewhere",
    path: "modules/gateway/locals.storefront.tf",
    right: "{var_uri_path_1}.html",
    wrong: "/pages{var_uri_path_1}.html",
    found: [
      "storefront: module.gateway.azurerm_application_gateway.this: /categories/a-1 leads to /pages/categories/a-1.html, locally to /categories/a-1.html",
    ],
  },
  {
    name: "pages that sign in where the API takes no tokens from",
    path: "../storefront/prod.json",
    right: "00000000000b/v2.0",
    wrong: "00000000000c/v2.0",
    found: [
      "storefront: infra/storefront/prod.json: issuer is https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000c/v2.0, the API takes tokens of https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0",
    ],
  },
]
