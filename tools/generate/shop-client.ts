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

/** Whether somebody without a role may call it: nobody, a guest, a customer, or who holds an order's token. */
const isForShoppers = (path: string, { security = [] }: Operation): boolean =>
  !path.includes("/operations/") &&
  !path.endsWith("/webhook") &&
  (security.length === 0 || security.some((scheme) => Object.values(scheme).every((roles) => !roles.length)))

/** The part of the API that a shop needs; without the headers of answers, which the client's types do not know. */
function shoppersPart(document: Document): Document {
  const { paths, components } = structuredClone(document)
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (!isForShoppers(path, operation)) delete operations[method]
      for (const response of Object.values(operation.responses ?? {})) delete response.headers
    }
    if (Object.keys(operations).length === 0) delete paths[path]
  }
  for (const response of Object.values(components.responses ?? {})) delete response.headers
  return { ...document, paths, components }
}

/**
 * The typed client of the shop's own pages, made by openapi-ts from the description of the whole API.
 * @returns the texts of its files by their path in the repository
 */
export async function shopClientFiles(document: string): Promise<Map<string, string>> {
  const output = await mkdtemp(join(tmpdir(), "shop-client-"))
  try {
    await createClient({
      input: shoppersPart(JSON.parse(document)) as never,
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
