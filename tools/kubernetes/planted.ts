// For the tests: copies of what the checks read, with mistakes in them.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "../apps.ts"

/** In a file, a text and what takes its place. */
export type Plant = [file: string, before: string, after: string]

const copies: string[] = []

/**
 * A copy of what the checks read, with mistakes in it.
 * @returns its root folder
 * @throws Error for a text that the file does not have
 */
export function planted(...plants: Plant[]): string {
  const copy = mkdtempSync(join(tmpdir(), "gitops-"))
  copies.push(copy)
  for (const part of [
    "infra/gitops",
    "infra/observability",
    "infra/charts/function-app",
    "infra/service-bus",
    "host.json",
    ".azure-pipelines",
  ]) {
    cpSync(join(root, part), join(copy, part), { recursive: true })
  }
  for (const plant of plants) replaceIn(copy, plant)
  return copy
}

/**
 * Plants one mistake below a folder.
 * @throws Error for a text that the file does not have
 */
export function replaceIn(folder: string, [file, before, after]: Plant): void {
  const path = join(folder, file)
  const text = readFileSync(path, "utf8")
  if (!text.includes(before)) throw new Error(`${file} does not contain ${before}`)
  writeFileSync(path, text.replace(before, after))
}

/** Removes the copies that were made in this process. */
export function removeCopies(): void {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true })
}
