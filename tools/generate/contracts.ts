import { readdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { EventDefinition } from "@eshop/domain/contracts/event"
import type { z } from "zod"

/** Every integration event by the name that code knows it by, `OrderCreated`. */
export type Contracts = ReadonlyMap<string, EventDefinition<z.ZodType>>

const isEvent = (value: unknown): value is EventDefinition<z.ZodType> =>
  typeof value === "object" && value !== null && "topic" in value && "source" in value

/** Reads packages/domain/src/contracts/*-events.ts. */
export async function readContracts(repository: string): Promise<Contracts> {
  const folder = join(repository, "packages/domain/src/contracts")
  const files = readdirSync(folder).filter((file) => file.endsWith("-events.ts"))
  const modules = await Promise.all(
    files.sort().map((file) => import(pathToFileURL(join(folder, file)).href) as Promise<object>),
  )
  return new Map(
    modules
      .flatMap((module) => Object.entries(module))
      .filter((entry): entry is [string, EventDefinition<z.ZodType>] => isEvent(entry[1])),
  )
}
