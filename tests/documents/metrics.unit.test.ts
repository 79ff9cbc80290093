import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Instrument, instruments } from "@eshop/building-blocks/telemetry/instruments"
import { expect, test } from "vitest"

const row = ([name, instrument]: [string, Instrument]): string => {
  const { kind, unit, description, attributes } = instrument
  const prometheus = `${name.replaceAll(".", "_")}${kind === "counter" ? "_total" : ""}`
  const cells = [`\`${name}\``, `\`${prometheus}\``, `${kind}, \`${unit}\``, description]
  return `| ${[...cells, attributes.map((attribute) => `\`${attribute}\``).join(" ") || "–"].join(" | ")} |`
}

test("the page of the metrics names each one as the code does", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/telemetry-logs-and-metrics.md"), "utf8")
  const rows = page
    .split("\n")
    .filter((line) => /^\| `(?:http|db|messaging|eshop|process|nodejs)\./.test(line))
  expect(rows).toEqual(Object.entries(instruments).map(row))
})
