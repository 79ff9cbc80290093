// `npm run chart:readme`: writes the table of values into the chart's README from the comments of values.yaml.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from "yaml"
import { chartFolder } from "./helm.ts"

/** Between these lines of the README lies the table. */
const begin = "<!-- values: begin -->"
const end = "<!-- values: end -->"

interface Row {
  key: string
  description: string
  fallback: unknown
}

/**
 * The table of values: key, default and the `# --` comment above the key.
 * @throws Error for a leaf without such a comment, so that none goes undocumented
 */
export function readmeTable(values: string): string {
  const rows = rowsOf(parseDocument(values).contents as YAMLMap, "")
  const lines = rows.map(
    ({ key, description, fallback }) =>
      `| \`${key}\` | \`${JSON.stringify(fallback)}\` | ${description.replaceAll("|", "\\|")} |`,
  )
  return ["| Value | Default | Meaning |", "|---|---|---|", ...lines].join("\n")
}

function rowsOf(map: YAMLMap, prefix: string): Row[] {
  return (map.items as Pair<Node, Node>[]).flatMap((pair, index) => {
    const key = `${prefix}${isScalar(pair.key) ? pair.key.value : ""}`
    // The comment above a map's first key belongs to the map itself, above the first of a document to the document.
    const comment = pair.key?.commentBefore ?? (index === 0 ? map.commentBefore : undefined)
    const description = comment?.match(/(?:^|\n) -- ?(.*)$/s)?.[1]?.replaceAll("\n", " ")
    if (description === undefined && isMap(pair.value) && pair.value.items.length > 0) {
      return rowsOf(pair.value, `${key}.`)
    }
    if (description === undefined) throw new Error(`values.yaml: ${key} has no "# --" comment`)
    return [{ key, description, fallback: pair.value?.toJSON() }]
  })
}

if (import.meta.main) {
  const file = join(chartFolder, "README.md")
  const readme = readFileSync(file, "utf8")
  const before = readme.slice(0, readme.indexOf(begin) + begin.length)
  const after = readme.slice(readme.indexOf(end))
  const table = readmeTable(readFileSync(join(chartFolder, "values.yaml"), "utf8"))
  writeFileSync(file, `${before}\n${table}\n${after}`)
}
