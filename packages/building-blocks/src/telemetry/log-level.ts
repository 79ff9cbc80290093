import * as z from "zod"
import { get, put } from "../app/app.ts"
import { useCase } from "../app/use-case.ts"
import { LogLevel, log, logLevel, setLogLevel } from "./log.ts"

/** How soon every instance of an app follows. */
const FOLLOW_MS = 15_000

/** What all instances of an app log from for a while, in place of their setting; kept in the app's store. */
export type LogLevels = {
  /** @returns undefined where none was set, or its time is over */
  find(): Promise<{ readonly level: LogLevel; readonly until: Date } | undefined>
  /** @param minutes from now on; with 0 the setting counts again */
  set(level: LogLevel, minutes: number): Promise<void>
}

export type LogLevelPorts = { readonly logLevels: LogLevels }

/** Logs from the level that the store says, and from `otherwise` where it says none. */
async function follow(logLevels: LogLevels, otherwise: LogLevel): Promise<void> {
  const level = (await logLevels.find())?.level ?? otherwise
  if (level === logLevel()) return
  log.info(`the log begins at ${level} from here on`)
  setLogLevel(level)
}

/**
 * Lets this instance follow what an operator sets, with one short query each 15 seconds. While the store is out the level
 * stays as it is. A store is asked, and not told of by the host: a change of an app setting restarts the instances on
 * Azure, and a request reaches one of them alone.
 * @param otherwise the level of the setting
 * @returns ends it
 */
export function followLogLevel(logLevels: LogLevels, otherwise: LogLevel): () => void {
  const timer = setInterval(() => void follow(logLevels, otherwise).catch(() => {}), FOLLOW_MS)
  timer.unref()
  return () => clearInterval(timer)
}

const LogLevelState = z.strictObject({
  level: LogLevel.describe("What this instance logs from now"),
  until: z.iso
    .datetime()
    .optional()
    .describe("Until when an operator has set it; absent: it is the app's setting"),
})

const stateOf = async (logLevels: LogLevels) => {
  const found = await logLevels.find()
  return found ? { level: found.level, until: found.until.toISOString() } : { level: logLevel() }
}

const getLogLevel = useCase("operations.get-log-level", {
  input: z.strictObject({}),
  result: LogLevelState,
  handle:
    ({ logLevels }: LogLevelPorts) =>
    () =>
      stateOf(logLevels),
})

const setLogLevelForAWhile = useCase("operations.set-log-level", {
  input: z.strictObject({
    level: LogLevel,
    minutes: z.int().min(0).max(1_440).describe("How long; with 0 the app's setting counts again"),
  }),
  result: LogLevelState,
  handle:
    ({ logLevels }: LogLevelPorts) =>
    async ({ level, minutes }) => {
      await logLevels.set(level, minutes)
      return await stateOf(logLevels)
    },
})

/** From which weight on every instance of the app writes log lines: shown, and set for a while without a restart. */
export const logLevelRoutes = [
  get("operations/log-level", getLogLevel, { access: { role: "operations" } }),
  put("operations/log-level", setLogLevelForAWhile, { access: { role: "operations" } }),
] as const
