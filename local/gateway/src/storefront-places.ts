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
  /** Content-Security-Policy of the shop's pages and of the staff's; `{identity}` and `{payments}` are origins. */
  readonly policies: { readonly shop: string; readonly staff: string }
  readonly cacheControl: { readonly assets: string; readonly others: string }
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
