import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The repository's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Function Apps: one per bounded context. */
export const apps = ["catalog", "basket", "discount", "ordering"] as const

export const appFolder = (app: string): string => join(root, "functions", app)
