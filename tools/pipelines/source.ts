// Reading pipeline files: YAML nodes with their lines, so that every complaint can name file and line.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix, relative } from "node:path"
import { type Document, LineCounter, type Node, parseDocument } from "yaml"

/** A mistake in a pipeline file. The message begins with `file:line:`. */
export class PipelineError extends Error {
  override name = "PipelineError"
}

export interface Source {
  /** Path from the repository's root, with forward slashes. */
  readonly file: string
  readonly root: string
  readonly document: Document
  /** The line (from 1) on which a node starts. */
  readonly lineOf: (node: unknown) => number
}

/** An error that names the place in the file. */
export function mistake(source: Source, node: unknown, message: string): PipelineError {
  return new PipelineError(`${source.file}:${source.lineOf(node)}: ${message}`)
}

/**
 * Parses a pipeline file. As in Azure Pipelines every scalar is a string: `1.10` stays `1.10`, `on` stays `on`.
 * @throws PipelineError for text that is no YAML
 */
export function parseSource(root: string, file: string, text: string): Source {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { schema: "failsafe", lineCounter })
  const lineOf = (node: unknown) => {
    const start = (node as Node | undefined)?.range?.[0]
    return start === undefined ? 1 : lineCounter.linePos(start).line
  }
  const [error] = document.errors
  if (error) {
    const { line } = lineCounter.linePos(error.pos[0])
    throw new PipelineError(`${file}:${line}: ${error.message.split("\n")[0]}`)
  }
  return { file, root, document, lineOf }
}

/** Reads `file` (a path from `root`). */
export function readSource(root: string, file: string): Source {
  return parseSource(root, file, readFileSync(join(root, file), "utf8"))
}

/**
 * Reads the template that a file names: from the repository's root when the path begins with `/`, else beside the file.
 * @throws PipelineError, with the line of the reference, when there is no such file
 */
export function readTemplate(source: Source, node: unknown, reference: string): Source {
  const path = reference.replace(/@self$/, "")
  if (path.includes("@")) throw mistake(source, node, `template ${path} is in another repository`)
  const file = posix.normalize(path.startsWith("/") ? path.slice(1) : posix.join(dirname(source.file), path))
  if (!existsSync(join(source.root, file))) throw mistake(source, node, `unknown template ${reference}`)
  return readSource(source.root, file)
}

/** The files below a folder, at any depth, as sorted paths from the root; none where there is no such folder. */
export function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort()
}
