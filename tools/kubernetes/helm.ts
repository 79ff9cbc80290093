import { createHash } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parse, stringify } from "yaml"
import { root } from "../apps.ts"
import { type Json, likeKubernetes, type Manifest, parseManifests } from "./manifests.ts"
import { go, run, whyMissing } from "./programs.ts"
import { compileSchema, describeErrors } from "./schemas.ts"

const source = fileURLToPath(new URL("./helm-render/", import.meta.url))

export const chartFolder = join(root, "infra/charts/function-app")
export const environments = ["dev", "staging", "production"] as const
export type Environment = (typeof environments)[number]

export type Values = { [key: string]: Json }

/** Debian's Go packages lie below /usr/share/gocode; elsewhere name a GOPATH that holds sprig and yaml.v2. */
const goPath = process.env.HELM_RENDER_GOPATH ?? "/usr/share/gocode"

/**
 * Why charts cannot be rendered here, or undefined when they can. In CI this throws instead. Builds the renderer, which
 * takes minutes on a slow machine: asked before the tests, it counts in no test's time.
 */
export function whyNoRenderer(): string | undefined {
  const missing = whyMissing(go)
  if (missing) return missing
  if (existsSync(join(goPath, "src/github.com/Masterminds/sprig"))) {
    renderer()
    return undefined
  }
  const reason = `the Go package sprig is missing below ${goPath}: ${go.install}`
  if (process.env.CI === "true") throw new Error(reason)
  return reason
}

/** Path of the renderer, built at first use and again when its source changes. */
function renderer(): string {
  const text = readFileSync(join(source, "main.go"))
  const version = createHash("sha256").update(text).digest("hex").slice(0, 16)
  const cache = join(root, "node_modules/.cache/helm-render")
  const binary = join(cache, `helm-render-${version}`)
  if (existsSync(binary)) return binary
  mkdirSync(cache, { recursive: true })
  const building = `${binary}.${process.pid}`
  const settings = { GO111MODULE: "off", GOPATH: goPath, GOFLAGS: "-trimpath", CGO_ENABLED: "0" }
  run("go", ["build", "-o", building, "."], settings, source)
  // Renamed at the end: two test files may build at once, and neither may run half a program.
  renameSync(building, binary)
  return binary
}

/** Lays overrides over base as Helm does: maps merge, everything else is replaced, null removes. */
export function mergeValues(base: Values, overrides: Values): Values {
  const result = { ...base }
  for (const [key, value] of Object.entries(overrides)) {
    const before = result[key]
    if (value === null) delete result[key]
    else if (isMap(value) && isMap(before)) result[key] = mergeValues(before, value)
    else result[key] = value
  }
  return result
}

const isMap = (value: Json | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const readYaml = (file: string): Values =>
  (parse(readFileSync(file, "utf8"), likeKubernetes) ?? {}) as Values

/**
 * Problems of values against the chart's values.schema.json, after the merge with the chart's defaults. Helm makes
 * the same check at install, lint and template time.
 */
export function valuesProblems(values: Values, chart = chartFolder): string[] {
  const validate = compileSchema(readFileSync(join(chart, "values.schema.json"), "utf8"))
  validate(mergeValues(readYaml(join(chart, "values.yaml")), values))
  return describeErrors(validate.errors).map((problem) => `values: ${problem}`)
}

export interface Render {
  values: Values
  release: string
  namespace?: string
  chart?: string
  /** Values files inside the chart, laid under `values` (Flux: `valuesFiles`). */
  valuesFiles?: string[]
}

/**
 * Renders the chart with the values, refusing values that break its schema or that do not exist.
 * @throws Error with the schema's problems or the template's `fail` message
 */
export function renderChart(options: Render): Manifest[] {
  return parseManifests(renderText(options), `chart for ${options.release}`)
}

/** The text of NOTES.txt. */
export function renderNotes(options: Render): string {
  return renderText(options, ["-notes"])
}

function renderText({ values, release, namespace = "eshop", ...rest }: Render, flags: string[] = []): string {
  const { chart = chartFolder, valuesFiles = [] } = rest
  const layered = valuesFiles
    .map((file) => readYaml(join(chart, file)))
    .reduceRight((above, below) => mergeValues(below, above), values)
  const problems = valuesProblems(layered, chart)
  if (problems.length > 0) throw new Error(problems.join("\n"))
  const folder = mkdtempSync(join(tmpdir(), "chart-values-"))
  try {
    const file = join(folder, "values.yaml")
    writeFileSync(file, stringify(layered, likeKubernetes))
    return run(renderer(), [
      ...flags,
      "-strict",
      "-f",
      file,
      "-release",
      release,
      "-namespace",
      namespace,
      chart,
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
