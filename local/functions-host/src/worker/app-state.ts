/** The state of the one app that a worker thread runs: what it registered, its hooks, its programming model. */
import type {
  FunctionCallback,
  HookCallback,
  HookData,
  ProgrammingModel,
  RpcBindingInfo,
} from "./core-types.ts"
import { SystemRangeError } from "./errors.ts"
import type { FunctionMetadata, LogMessage } from "./protocol.ts"

export type Registration = {
  metadata: FunctionMetadata
  bindings: Record<string, RpcBindingInfo>
  callback: FunctionCallback
}

export const app = {
  functions: new Map<string, Registration>(),
  hooks: {
    appStart: [] as HookCallback[],
    appTerminate: [] as HookCallback[],
    preInvocation: [] as HookCallback[],
    postInvocation: [] as HookCallback[],
    log: [] as HookCallback[],
  },
  /** Shared by the hooks of every scope. */
  appHookData: {} as HookData,
  /** Shared by the app-level hooks only. */
  appLevelHookData: {} as HookData,
  programmingModel: undefined as ProgrammingModel | undefined,
  /** Set when startup is over: functions can no longer be registered. */
  locked: false,
  currentEntryPoint: undefined as string | undefined,
  hostVersion: "",
  workerId: "",
  /** Where log lines go; replaced by the thread's main with the port to the host. */
  writeLog: (_line: LogMessage): void => {},
}

export type HookName = keyof typeof app.hooks

/** The hooks registered under a name; an unknown name is the RangeError that `@azure/functions` looks for. */
export function hooksOf(name: string): HookCallback[] {
  if (!Object.hasOwn(app.hooks, name)) throw new SystemRangeError(`Unrecognized hook "${name}"`)
  return app.hooks[name as HookName]
}

/** Writes a line of the worker itself. */
export function systemLog(level: string, message: string): void {
  app.writeLog({ kind: "log", level, logCategory: "system", message })
}
