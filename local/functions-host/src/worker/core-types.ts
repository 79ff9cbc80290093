/** The part of the types of `@azure/functions-core` that the worker implements (module of the public worker). */
import type { RetryOptions, TypedData } from "../contract.ts"
import type { InvokeMessage, NamedData } from "./protocol.ts"

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none"
export type LogCategory = "user" | "system" | "customMetric"
export type HookData = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: hook and function callbacks belong to the app, whose types are its own
export type HookCallback = (context: any) => unknown
export type FunctionCallback = (...args: unknown[]) => unknown

export type RpcBindingInfo = {
  type?: string
  direction?: string
  dataType?: string
  [setting: string]: unknown
}

export type CoreFunctionMetadata = {
  name: string
  functionId?: string
  bindings: Record<string, RpcBindingInfo>
  retryOptions?: RetryOptions
}

export type CoreInvocationContext = {
  invocationId: string
  request: Omit<InvokeMessage, "kind">
  metadata: {
    name: string
    functionId: string
    bindings: Record<string, RpcBindingInfo>
    rawBindings: string[]
    retryOptions?: RetryOptions
  }
  state?: "preInvocationHooks" | "invocation" | "postInvocationHooks"
  log(level: LogLevel, category: LogCategory, message: string): void
}

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ outputData?: NamedData[] | null; returnValue?: TypedData | null }>
}

export type ProgrammingModel = {
  name: string
  version: string
  getInvocationModel(core: CoreInvocationContext): InvocationModel | Promise<InvocationModel>
  getCapabilities?(defaults: Record<string, string>): Record<string, string> | Promise<Record<string, string>>
}
