import type { z } from "zod"

/**
 * Reads the app's settings once, at its start.
 * @throws an error that names every missing or malformed setting, never their values
 */
export function readSettings<T extends z.ZodType>(
  schema: T,
  env: NodeJS.ProcessEnv = process.env,
): z.output<T> {
  const result = schema.safeParse(env)
  if (result.success) return result.data
  const wrong = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)
  throw new Error(`Settings are missing or malformed:\n  ${wrong.join("\n  ")}`)
}
