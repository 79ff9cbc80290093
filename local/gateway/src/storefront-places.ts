/** infra/gateway/storefront.json: the storefront's addresses and headers, which Terraform reads as well. */
export type StorefrontTable = {
  /** What stands before an address in another language than English. */
  readonly languages: readonly string[]
  /** Pages that the script fills; `{name}` stands for one segment. */
  readonly pages: readonly string[]
  /** Pages that are files of their own, where there is something at the address. */
  readonly prerendered: readonly string[]
  /** What the staff's addresses begin with. */
  readonly staff: readonly string[]
  /** Content-Security-Policy of the shop's pages and of the staff's; what stands in braces is filled in by `policyOf`. */
  readonly policies: { readonly shop: string; readonly staff: string }
  /**
   * What payment providers need by their own word, by the origin of their script; of Stripe:
   * https://docs.stripe.com/security/guide#content-security-policy. Others have all of it at that origin.
   */
  readonly payments: Readonly<Record<string, PaymentSources>>
  readonly cacheControl: { readonly assets: string; readonly others: string }
}

type PaymentSources = {
  readonly scripts: readonly string[]
  readonly frames: readonly string[]
  /** What the provider's script speaks to from within our page. */
  readonly connections: readonly string[]
}

/**
 * The Content-Security-Policy of a page.
 * @param identity origins of the OpenID provider
 * @param payments origin of the payment provider's script
 */
export function policyOf(
  { policies, payments: providers }: Pick<StorefrontTable, "policies" | "payments">,
  whose: keyof StorefrontTable["policies"],
  { identity, payments }: { readonly identity: readonly string[]; readonly payments: string },
): string {
  const sources = providers[payments] ?? { scripts: [payments], frames: [payments], connections: [] }
  const listed = (origins: readonly string[]) => origins.map((origin) => ` ${origin}`).join("")
  return policies[whose]
    .replaceAll("{identity}", identity.join(" "))
    .replaceAll("{payment-scripts}", listed(sources.scripts))
    .replaceAll("{payment-frames}", listed(sources.frames))
    .replaceAll("{payment-connections}", listed(sources.connections))
}

/** What lies at an address: a file of the build or of the prerendered pages, which may be missing. */
export type Place = {
  readonly file: string
  readonly whose: keyof StorefrontTable["policies"]
  readonly isPrerendered: boolean
}

/** Segments of a template as a pattern; one that is a file's name has a dot and is no parameter. */
const patternOf = (template: string): string => template.replace(/\/$/, "").replaceAll(/\{\w+\}/g, "[^/.]+")

/**
 * Where the storefront's addresses lead, as the Application Gateway rewrites them: to a page that the script fills, to a
 * page's own file, or to the file of that very name.
 */
export function storefrontPlaces({ languages, pages, prerendered, staff }: StorefrontTable) {
  const anyOf = (templates: readonly string[]) =>
    new RegExp(`^(/(${languages.join("|")}))?(${templates.map(patternOf).join("|")})/?$`)
  const page = anyOf(pages)
  const file = anyOf(prerendered)
  const ofStaff = new RegExp(`^(${staff.join("|")})(/.*)?$`)
  return (pathname: string): Place => {
    if (ofStaff.test(pathname)) return { file: "/staff.html", whose: "staff", isPrerendered: false }
    if (page.test(pathname)) return { file: "/index.html", whose: "shop", isPrerendered: false }
    if (file.test(pathname))
      return { file: `${pathname.replace(/\/$/, "")}.html`, whose: "shop", isPrerendered: true }
    return { file: pathname, whose: "shop", isPrerendered: false }
  }
}
