/** One package of package-lock.json (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json). */
type LockedPackage = {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly deprecated?: string
}
export type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> }

/** A package.json of this repository. */
export type Manifest = {
  readonly path: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** What somebody has looked at and lets be, until a day on which somebody looks again. */
export type Accepted = {
  /** The package's name, or the advisory's id. */
  readonly what: string
  readonly finding: "licence" | "install script" | "deprecated" | "advisory"
  readonly reason: string
  /** `2027-05-01` */
  readonly until: string
}

/** SPDX identifiers of licences that ask for no more than a notice. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0"],
  ...["ISC", "MIT", "MIT-0", "PostgreSQL", "Python-2.0", "Unlicense"],
])

/** Whether an SPDX expression leaves a choice that is allowed; AND binds closer than OR, as in every expression there is. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/[()]/g, "")
  return bare
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((licence) => ALLOWED.has(licence.trim())))
}

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)

/** What is accepted of a kind of finding on a day. */
export const acceptedOn = (accepted: readonly Accepted[], finding: Accepted["finding"], today: string) =>
  new Set(accepted.filter((one) => one.finding === finding && today < one.until).map(({ what }) => what))

/**
 * What is wrong with the packages that are installed: a licence that is not allowed of what runs in production, a script
 * that runs at the installation, one that its authors have given up, one without a checksum.
 * @param today `2026-11-26`
 */
export function lockFindings(lock: Lock, accepted: readonly Accepted[], today: string): string[] {
  const licences = acceptedOn(accepted, "licence", today)
  const scripts = acceptedOn(accepted, "install script", today)
  const givenUp = acceptedOn(accepted, "deprecated", today)
  return Object.entries(lock.packages).flatMap(([path, locked]) => {
    if (locked.link || !path.includes("node_modules/")) return []
    const name = nameOf(path)
    const { version, license, integrity, dev, hasInstallScript, deprecated } = locked
    const found: (string | false)[] = [
      !dev &&
        !licences.has(name) &&
        !(license && isAllowed(license)) &&
        `has the licence ${license ?? "of nobody knows"}`,
      hasInstallScript === true && !scripts.has(name) && "runs a script when it is installed",
      deprecated !== undefined && !givenUp.has(name) && `is deprecated: ${deprecated}`,
      !integrity?.startsWith("sha512-") && "has no checksum",
    ]
    return found.filter((what) => what !== false).map((what) => `${name} ${version} ${what}`)
  })
}

const EXACT = /^(\d+\.\d+\.\d+(-[\w.]+)?|file:[\w./-]+)$/

/** Dependencies that are not pinned to one version. */
export const looseVersions = (manifests: readonly Manifest[]): string[] =>
  manifests.flatMap(({ path, dependencies, devDependencies, optionalDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `${path}: ${name} is ${version}, which is no exact version`),
  )

/** What was accepted and need not be any more, because it is gone or its day has come. */
export function staleAcceptances(lock: Lock, accepted: readonly Accepted[], today: string): string[] {
  const installed = new Set(Object.keys(lock.packages).map(nameOf))
  return accepted.flatMap(({ what, finding, until }) => {
    if (today >= until) return [`${what} (${finding}) was accepted until ${until}`]
    return finding === "advisory" || installed.has(what)
      ? []
      : [`${what} (${finding}) is not installed any more`]
  })
}
