import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { beforeAll, expect, test } from "vitest"

const root = fileURLToPath(new URL("../../../..", import.meta.url))
const fileName = fileURLToPath(new URL("mistakes.types.ts", import.meta.url))
// With the expectations taken out, each mistake is one that somebody has just made.
const source = readFileSync(fileName, "utf8").replaceAll("@ts-expect-error", "")
const lines = source.split("\n")

/** What `tsc` says of the file, by line. */
let told: Map<string, string>

beforeAll(() => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [fileName] },
    ts.sys,
    root,
  )
  const host = ts.createCompilerHost({ ...options, incremental: false })
  const { getSourceFile } = host
  host.getSourceFile = (name, ...rest) =>
    name === fileName
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2024)
      : getSourceFile(name, ...rest)
  const program = ts.createProgram([fileName], { ...options, incremental: false }, host)
  const file = program.getSourceFile(fileName)
  told = new Map(
    program.getSemanticDiagnostics(file).map(({ start = 0, messageText }) => {
      const line = source.slice(0, start).split("\n").length - 1
      return [lines[line]?.trim() ?? "", ts.flattenDiagnosticMessageText(messageText, "\n")]
    }),
  )
})

test.each<[string, string, RegExp]>([
  ["a misspelt step", "yield* saga.take(frist, { orderId })", /Cannot find name 'frist'/],
  [
    "a step that is not listed",
    "yield* saga.take(unlisted, {})",
    /"take-unlisted"' is not assignable to type '"take-first"'/,
  ],
  [
    "a step's wrong input",
    "yield* saga.take(first, { ordrId: 42 })",
    /'ordrId' does not exist in type '{ orderId: string; }'/,
  ],
  [
    "an event that is not listed",
    'yield* saga.race(["stok"], 10)',
    /Type '"stok"' is not assignable to type '"stock" \| "cancel"'/,
  ],
  [
    "an undeclared refusal",
    "handle: () => async () => other(),",
    /"thing.other"' is not assignable to type '"thing.gone"'/,
  ],
  [
    "one within a transaction",
    "handle: () => async (_, call) => call.commit(async () => other()),",
    /"thing.other"' is not assignable to type '"thing.gone"'/,
  ],
  [
    "a missing port",
    'export const missing: PortsOf<typeof example> = { counts: 1, things: "", clock: new Date() }',
    /Property 'pattern' is missing/,
  ],
  [
    "a route parameter that is no member",
    'get("things/{idd}", query, { access: "anyone" })',
    /not assignable to parameter of type 'never'/,
  ],
])("%s does not compile", (_, line, message) => {
  expect(told.get(line)).toMatch(message)
})

test("whatever is marked as a mistake does not compile, and nothing else", () => {
  const marked = lines.filter((_, index) => /^\s*\/\/ :/.test(lines[index - 1] ?? ""))
  expect([...told.keys()].sort()).toEqual(marked.map((line) => line.trim()).sort())
  expect(marked).toHaveLength(13)
})
