import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { z } from "zod"
import { appFolder } from "./apps.ts"

/** What an app must be given: the schema that its `src/settings.ts` exports as `settings`. */
async function settingsOf(app: string): Promise<z.ZodObject> {
  const file = pathToFileURL(join(appFolder(app), "src/settings.ts")).href
  return ((await import(file)) as { settings: z.ZodObject }).settings
}

/** What an app would say about these settings at its start; empty when it takes them. Values are not named. */
export async function settingsProblems(
  app: string,
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const { error } = (await settingsOf(app)).safeParse(values)
  return error ? error.issues.map(({ path, message }) => `${app}: ${path.join(".")}: ${message}`) : []
}

/** The names of an app's settings. */
export const settingNamesOf = async (app: string): Promise<string[]> =>
  Object.keys((await settingsOf(app)).shape)
