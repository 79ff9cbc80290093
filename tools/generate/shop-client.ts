import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createClient } from "@hey-api/openapi-ts"

type Operation = {
  security?: Record<string, string[]>[]
  responses?: Record<string, { headers?: unknown }>
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { responses?: Record<string, { headers?: unknown }> }
}

const folder = "packages/shop-client/src/generated"

/** The roles that the contexts have for each other. */
const rolesOfServices = new Set([
  ...["basket.checkouts", "discount.quote", "discount.redeem", "inventory.hold", "privacy.read"],
])

/** Whether people call it, shoppers or the staff: another context and the payment's provider are none. */
const isForPeople = (path: string, { security = [] }: Operation): boolean =>
  !path.endsWith("/webhook") &&
  !security.some((scheme) =>
    Object.values(scheme).some((roles) => roles.some((role) => rolesOfServices.has(role))),
  )

/** The part of the API that people need; without the headers of answers, which the client's types do not know. */
function peoplesPart(document: Document): Document {
  const { paths, components } = structuredClone(document)
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (!isForPeople(path, operation)) delete operations[method]
      for (const response of Object.values(operation.responses ?? {})) delete response.headers
    }
    if (Object.keys(operations).length === 0) delete paths[path]
  }
  for (const response of Object.values(components.responses ?? {})) delete response.headers
  return { ...document, paths, components }
}

/**
 * The typed client of the pages of the shop and of its staff, made by openapi-ts from the description of the whole API.
 * @returns the texts of its files by their path in the repository
 */
export async function shopClientFiles(document: string): Promise<Map<string, string>> {
  const output = await mkdtemp(join(tmpdir(), "shop-client-"))
  try {
    await createClient({
      input: peoplesPart(JSON.parse(document)) as never,
      output: { path: output, importFileExtension: ".ts", entryFile: false },
      logs: { level: "silent", file: false },
      parser: { filters: { orphans: false } },
      plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
    })
    const entries = await readdir(output, { recursive: true, withFileTypes: true })
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const texts = paths.toSorted().map(async (path): Promise<[string, string]> => {
      const name = path.slice(output.length + 1).replaceAll("\\", "/")
      return [`${folder}/${name}`, await readFile(path, "utf8")]
    })
    return new Map(await Promise.all(texts))
  } finally {
    await rm(output, { recursive: true })
  }
}
