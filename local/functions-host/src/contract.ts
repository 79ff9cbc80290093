/**
 * The seams inside the host: what a trigger extension (HTTP, timers, Service Bus, Durable) sees of the host,
 * and what the host sees of it. Field names of TypedData, bindings and metadata are those of the public
 * worker protocol (azure-functions-language-worker-protobuf), because `@azure/functions` reads them.
 */

/** One value crossing the boundary between host and worker: exactly one member is set. */
export type TypedData = {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
  http?: HttpRequestData | HttpResponseData
  collectionBytes?: { bytes: Uint8Array[] }
  collectionString?: { string: string[] }
  collectionDouble?: { double: number[] }
  collectionSint64?: { sint64: number[] }
}

export type NullableString = { value?: string }

export type HttpRequestData = {
  method: string
  url: string
  nullableHeaders: Record<string, NullableString>
  nullableQuery: Record<string, NullableString>
  nullableParams: Record<string, NullableString>
  body?: TypedData
  identities?: never[]
}

export type HttpResponseData = {
  statusCode?: string
  headers?: Record<string, string>
  cookies?: RpcCookie[]
  enableContentNegotiation?: boolean
  body?: TypedData
}

export type RpcCookie = {
  name: string
  value: string
  domain?: NullableString
  path?: NullableString
  expires?: { value?: string | { seconds: number } }
  secure?: { value?: boolean }
  httpOnly?: { value?: boolean }
  sameSite?: number | string
  maxAge?: { value?: number }
}

/** A binding as the app registered it; everything beyond these three members depends on `type`. */
export type Binding = {
  name: string
  type: string
  direction: "in" | "out" | "inout"
  dataType?: "string" | "binary" | "stream"
  [setting: string]: unknown
}

export type RetryOptions = {
  maxRetryCount: number
  retryStrategy: "fixedDelay" | "exponentialBackoff"
  delayInterval?: { seconds: number }
  minimumInterval?: { seconds: number }
  maximumInterval?: { seconds: number }
}

export type RegisteredFunction = {
  id: string
  name: string
  bindings: Record<string, Binding>
  /** The one binding whose type ends in "Trigger". */
  trigger: Binding
  retryOptions?: RetryOptions
}

export type Invocation = {
  function: RegisteredFunction
  /** The trigger's value; input bindings are resolved by the host. */
  triggerValue: TypedData
  triggerMetadata?: Record<string, TypedData>
  /** Shown in the execution line, as the real host does: "Executing 'Functions.x' (Reason='…', Id=…)". */
  reason: string
  traceContext?: { traceParent?: string; traceState?: string }
  /** Trigger values that must not show as an execution line (orchestrator replays). */
  quiet?: boolean
  signal?: AbortSignal
}

export type InvocationResult = {
  returnValue?: TypedData
  /** Values of the output bindings by binding name; the host has already written those that an extension owns. */
  outputs: Record<string, TypedData>
}

/** The user function threw (after the function's retry policy, if any, was used up). */
export class FunctionFailedError extends Error {
  override readonly name = "FunctionFailedError"
  readonly functionName: string
  /** Message and stack of what the user code threw. */
  readonly exception: { message: string; stack?: string; type?: string }
  constructor(functionName: string, exception: { message: string; stack?: string; type?: string }) {
    super(`Exception while executing function: Functions.${functionName}: ${exception.message}`)
    this.functionName = functionName
    this.exception = exception
  }
}

/** The worker went away (crash, reload, shutdown) before it answered: the invocation may or may not have run. */
export class WorkerGoneError extends Error {
  override readonly name = "WorkerGoneError"
}

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical"

export type Logger = {
  log(level: LogLevel, message: string): void
}

export type Settings = {
  /** The value of an app setting (local.settings.json, then the environment), or undefined. */
  get(name: string): string | undefined
  /** Replaces every `%name%` in the text; throws a clear error naming the missing setting. */
  expand(text: string): string
  /** A connection string by the name that a binding's `connection` gives; also looks under the AzureWebJobs prefix. */
  connection(name: string): string
  /** All settings that start with the prefix, e.g. identity-based `Connection__fullyQualifiedNamespace`. */
  withPrefix(prefix: string): Record<string, string>
}

/** host.json after parsing; extensions read their own section. */
export type HostJson = {
  version: "2.0"
  functionTimeout?: string
  extensions: {
    http?: Record<string, unknown>
    durableTask?: Record<string, unknown>
    serviceBus?: Record<string, unknown>
  }
  [key: string]: unknown
}

/** What an extension may use of the host. */
export type HostRuntime = {
  readonly scriptRoot: string
  /** Where the host may keep local state (timer schedules, task hub): a folder that exists. */
  readonly stateDir: string
  /** `http://localhost:7071`, no trailing slash. */
  readonly baseUrl: string
  readonly hostJson: HostJson
  readonly settings: Settings
  readonly log: Logger
  /** Functions that loaded and are not disabled. */
  readonly functions: readonly RegisteredFunction[]
  /** The system key that webhooks of this extension accept (`?code=`). */
  systemKey(extension: string): string
  /**
   * Runs a function in the worker: resolves input bindings, applies the retry policy, writes output bindings,
   * prints the execution lines. Throws FunctionFailedError or WorkerGoneError.
   */
  invoke(invocation: Invocation): Promise<InvocationResult>
}

/** One trigger family. The host asks for nothing it does not list in `bindingTypes`. */
export type HostExtension = {
  readonly name: string
  /** Binding types served, in the lower-case spelling used for comparison, e.g. "servicebustrigger". */
  readonly bindingTypes: readonly string[]
  /** Throws when the function's bindings cannot be served: it is in error then, and the others run. */
  check?(fn: RegisteredFunction, settings: Settings): void
  /** Called once the worker has registered its functions. A throw stops the host. */
  start(host: HostRuntime): Promise<void>
  /** Stops listening, lets running invocations end, releases what was not started. Called before a reload too. */
  stop(): Promise<void>
  /** Value of a non-trigger input binding, e.g. `durableClient`. */
  resolveInput?(binding: Binding, fn: RegisteredFunction): Promise<TypedData>
  /** Writes an output binding of a finished invocation, e.g. `serviceBus`. A throw fails the invocation. */
  writeOutput?(binding: Binding, value: TypedData, fn: RegisteredFunction): Promise<void>
  /** An API of its own at the paths that it knows; the app's functions come first. */
  readonly api?: {
    serves(path: string): boolean
    handle(request: WebhookRequest): Promise<WebhookResponse>
  }
  /** A web hook prefix below `/runtime/webhooks/` and its handler. */
  readonly webhook?: {
    prefix: string
    handle(request: WebhookRequest): Promise<WebhookResponse>
  }
}

export type WebhookRequest = {
  method: string
  /** Path below the prefix, decoded, without leading slash. */
  path: string
  /** Absolute URL as the client sent it (scheme, host, path, query). */
  url: URL
  headers: Record<string, string>
  body: Buffer
  /** Aborted when the client goes away. */
  signal: AbortSignal
}

export type WebhookResponse = { status: number; headers?: Record<string, string>; body?: string | Uint8Array }
