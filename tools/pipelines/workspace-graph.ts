// Who uses whom in the npm workspace, and so: which changes concern which app.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

interface Manifest {
  readonly name: string
  readonly dependencies?: Record<string, string>
}

/** The Function Apps: folders below functions/ with a package.json. */
export function findApps(root: string): string[] {
  return readdirSync(join(root, "functions"))
    .filter((name) => existsSync(join(root, "functions", name, "package.json")))
    .sort()
}

/** The folders of the npm workspace, of which package.json names the parents: packages/domain, functions/catalog, … */
export function workspaceFolders(root: string): string[] {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return (workspaces as string[]).map(dirname).flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(root, folder, "package.json"))),
  )
}

function readWorkspace(root: string): Map<string, { folder: string; manifest: Manifest }> {
  return new Map(
    workspaceFolders(root).map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest
      return [manifest.name, { folder, manifest }]
    }),
  )
}

/** The folders that an app's bundle is made of: its own, and those of the packages that it depends on, at any depth. */
export function foldersOf(root: string, app: string): string[] {
  const workspace = readWorkspace(root)
  const found = new Set<string>()
  const visit = (name: string) => {
    const member = workspace.get(name)
    if (!member || found.has(member.folder)) return
    found.add(member.folder)
    for (const dependency of Object.keys(member.manifest.dependencies ?? {})) visit(dependency)
  }
  const own = [...workspace.values()].find(({ folder }) => folder === `functions/${app}`)
  if (!own) throw new Error(`no such app: ${app}`)
  visit(own.manifest.name)
  return [...found].sort()
}

/** What goes into every app's bundle, image or pipeline, wherever it lies. */
const shared = [
  ".azure-pipelines/application.yaml",
  ".azure-pipelines/environments.yaml",
  ".azure-pipelines/steps",
  ".azure-pipelines/templates/functions-node",
  "host.json",
  "infra/containers/Dockerfile",
  "infra/containers/Dockerfile.dockerignore",
  "infra/containers/migrate.ts",
  "infra/containers/trivy-ignore.yaml",
  "package-lock.json",
  "package.json",
  "tools/apps.ts",
  "tools/build-app.ts",
  "tools/build.ts",
  "tools/bundle.ts",
  "tools/run.mjs",
]

/** What every app is checked and tested with; none of it goes to Azure. */
const tested = [
  ".dependency-cruiser.mjs",
  "biome.json",
  "local",
  "tests/fixtures",
  "tools/check.ts",
  "tests/payments",
  "tools/price-proof",
  "tsconfig.json",
  "vitest.config.ts",
]

export interface PathFilter {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** Changes on main that start an app's pipeline: those of what is rolled out, and of its tests. Prose starts none. */
export function pathFilter(root: string, app: string): PathFilter {
  const own = [`.azure-pipelines/pipelines/${app}.yaml`]
  return { include: [...foldersOf(root, app), ...own, ...shared].sort(), exclude: ["**/*.md"] }
}

/** Changes in a pull request that start an app's pipeline: also those of what its tests run on. */
export function pullRequestFilter(root: string, app: string): PathFilter {
  const { include, exclude } = pathFilter(root, app)
  return { include: [...include, ...tested].sort(), exclude }
}

/** Whether a change of `path` starts the pipeline. A filter is a file, a folder with all that is in it, or `**` + `/*.ending`. */
export function matches({ include, exclude }: PathFilter, path: string): boolean {
  const fits = (filter: string) =>
    filter.startsWith("**/*")
      ? path.endsWith(filter.slice(4))
      : path === filter || path.startsWith(`${filter}/`)
  return include.some(fits) && !exclude.some(fits)
}

/** Folders with tests of the app and of the packages in it. */
export function testFolders(root: string, app: string): string[] {
  return foldersOf(root, app)
}
