// Microsoft's language service for Azure Pipelines over Microsoft's published schema: what an editor would underline.
// service-schema.jsonl is that schema, one definition a line; where it is from stands in service-schema.md.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import languageService from "azure-pipelines-language-service"
import yamlParser from "azure-pipelines-language-service/lib/parser/yamlParser.js"
import { TextDocument } from "vscode-languageserver-types"
import { supplement, supplementNames } from "./task-supplement.ts"

interface Schema {
  definitions: Record<string, object> & {
    task: { anyOf: object[]; properties: { task: { anyOf: object[] } } }
  }
}

function readSchema(): Schema {
  const lines = readFileSync(join(import.meta.dirname, "service-schema.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
  const [top, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, object>)
  const at = rest.findIndex((line) => "task names" in line)
  const names = (rest[at] as { "task names": object[] })["task names"]
  const tasks = rest.slice(at + 1).map((line) => line.task as object)
  const schema = { ...top, definitions: Object.assign({}, ...rest.slice(0, at)) } as Schema
  const { task } = schema.definitions
  task.anyOf = [...tasks, ...supplement()]
  task.properties.task.anyOf = [...names, ...supplementNames()]
  return schema
}

export interface Problem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** A validator; making it takes some 100 ms, a document some 10 ms. */
export function createValidator(): (text: string) => Promise<Problem[]> {
  const schema = readSchema()
  const service = languageService.getLanguageService(
    async () => schema as never,
    [],
    async () => "schema://azure-pipelines",
  )
  service.configure({ validate: true })
  return async (text) => {
    const document = TextDocument.create("pipeline.yaml", "azure-pipelines", 1, text)
    const lines = text.split("\n")
    const diagnostics = await quietly(() => service.doValidation(document, yamlParser.parse(text)))
    return diagnostics.flatMap(({ range, message }) => {
      const line = range.start.line + 1
      const problem = explain(typeof message === "string" ? message : message.value)
      return problem ? [{ line, message: `${problem} — ${lines[line - 1]?.trim()}` }] : []
    })
  }
}

/**
 * An unknown task is reported twice: as not being the first of all tasks, and with the names of all 260. One short sentence
 * stands for both.
 */
function explain(message: string): string | undefined {
  if (message.startsWith('String does not match the pattern of "^PowerShell@2$"')) return undefined
  if (message.startsWith('Value is not accepted. Valid values: "PowerShell@2"')) return "Unknown task"
  return message
}

/** The service tells on the console how it looks for its schema. */
async function quietly<T>(work: () => PromiseLike<T>): Promise<T> {
  const { log } = console
  console.log = () => {}
  try {
    return await work()
  } finally {
    console.log = log
  }
}
