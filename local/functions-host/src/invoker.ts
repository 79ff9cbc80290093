/** Runs functions: input bindings, the worker, retries, output bindings, and the execution lines of the log. */
import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import {
  type Binding,
  FunctionFailedError,
  type HostExtension,
  type Invocation,
  type InvocationResult,
  type RegisteredFunction,
  type TypedData,
} from "./contract.ts"
import type { HostOutput } from "./output.ts"
import { RpcInvocationError, type WorkerClient, type WorkerResult } from "./worker/client.ts"
import type { NamedData, RpcException } from "./worker/protocol.ts"

/**
 * Trigger types whose listeners take a retry policy in the real host (`SupportsRetryAttribute` of the WebJobs SDK
 * on timer, Event Hubs, Kafka and Cosmos DB triggers). Others ignore the policy.
 */
const retryableTriggers = new Set(["timertrigger", "eventhubtrigger", "kafkatrigger", "cosmosdbtrigger"])

export type InvokerOptions = {
  output: HostOutput
  extensions: readonly HostExtension[]
  /** The running worker; waits while it restarts. */
  worker(): Promise<WorkerClient>
  /** functionTimeout in milliseconds. */
  timeoutMs: number | undefined
  /** Ends the worker after a timeout: user code that does not end cannot be stopped otherwise. */
  restartWorker(worker: WorkerClient, reason: string): void
}

export type WorkerInvocation = Invocation & {
  invocationId?: string
  /** Called when the invocation has been handed to the worker, with its id. */
  onDispatch?(invocationId: string, worker: WorkerClient): void
}

type RetryContext = { retryCount: number; maxRetryCount: number; exception?: RpcException }

/** What the app's invocations go through. The result throws FunctionFailedError or WorkerGoneError. */
export function createInvoker(
  options: InvokerOptions,
): (invocation: WorkerInvocation) => Promise<InvocationResult> {
  return (invocation) => invokeWithRetries(options, invocation)
}

/** Runs the function until it succeeds or its retry policy is used up. */
async function invokeWithRetries(
  options: InvokerOptions,
  invocation: WorkerInvocation,
): Promise<InvocationResult> {
  const { function: fn } = invocation
  const policy = retryableTriggers.has(fn.trigger.type.toLowerCase()) ? fn.retryOptions : undefined
  const maxRetryCount = policy?.maxRetryCount ?? 0
  let exception: RpcException | undefined
  for (let retryCount = 0; ; retryCount++) {
    try {
      return await execute(
        options,
        retryCount === 0 ? invocation : { ...invocation, invocationId: undefined },
        policy && { retryCount, maxRetryCount, exception },
      )
    } catch (error) {
      if (!(error instanceof RpcInvocationError)) throw error
      exception = error.exception
      if (!policy || (maxRetryCount !== -1 && retryCount >= maxRetryCount) || invocation.signal?.aborted) {
        throw new FunctionFailedError(fn.name, {
          message: exception.message,
          stack: exception.stackTrace,
          type: exception.type,
        })
      }
      const waitMs = retryDelay(policy, retryCount)
      options.output.write(
        "warning",
        `Function.${fn.name}`,
        `Waiting for \`${formatTimeSpan(waitMs)}\` before retrying function execution. Next attempt: '${retryCount + 1}'. Max retry count: '${maxRetryCount}'`,
      )
      await delay(waitMs, undefined, { signal: invocation.signal }).catch(() => {})
    }
  }
}

/** One execution with its two log lines. */
async function execute(
  options: InvokerOptions,
  invocation: WorkerInvocation,
  retryContext: RetryContext | undefined,
): Promise<InvocationResult> {
  const invocationId = invocation.invocationId ?? randomUUID()
  const name = invocation.function.name
  const write = (level: "information" | "error", text: string) =>
    options.output.write(level, `Function.${name}`, text)
  if (!invocation.quiet) {
    const traceId = invocation.traceContext?.traceParent?.split("-")[1]
    write(
      "information",
      `Executing 'Functions.${name}' (Reason='${invocation.reason}', Id=${invocationId}` +
        `${traceId === undefined ? "" : `, TraceId=${traceId}`})`,
    )
  }
  const started = performance.now()
  const duration = () => Math.round(performance.now() - started)
  try {
    const result = await attempt(options, invocation, invocationId, retryContext)
    if (!invocation.quiet) {
      write(
        "information",
        `Executed 'Functions.${name}' (Succeeded, Id=${invocationId}, Duration=${duration()}ms)`,
      )
    }
    return result
  } catch (error) {
    write(
      "error",
      `Executed 'Functions.${name}' (Failed, Id=${invocationId}, Duration=${duration()}ms)\n${describe(name, error)}`,
    )
    throw error
  }
}

/** The invocation in the worker, between its input and its output bindings. */
async function attempt(
  options: InvokerOptions,
  invocation: WorkerInvocation,
  invocationId: string,
  retryContext: RetryContext | undefined,
): Promise<InvocationResult> {
  const inputData = await inputs(options, invocation)
  const worker = await options.worker()
  const running = worker.invoke({
    invocationId,
    functionId: invocation.function.id,
    inputData,
    triggerMetadata: invocation.triggerMetadata,
    traceContext: invocation.traceContext,
    retryContext,
  })
  invocation.onDispatch?.(invocationId, worker)
  const result = await withTimeout(options, invocation, worker, running)
  const outputs = await writeOutputs(options, invocation.function, result)
  return { returnValue: result.returnValue ?? undefined, outputs }
}

function extensionOf({ extensions }: InvokerOptions, binding: Binding): HostExtension | undefined {
  return extensions.find((extension) => extension.bindingTypes.includes(binding.type.toLowerCase()))
}

async function inputs(options: InvokerOptions, invocation: Invocation): Promise<NamedData[]> {
  const fn = invocation.function
  const data: NamedData[] = [{ name: fn.trigger.name, data: invocation.triggerValue }]
  for (const binding of Object.values(fn.bindings)) {
    if (binding === fn.trigger || binding.direction === "out") continue
    const value = await extensionOf(options, binding)?.resolveInput?.(binding, fn)
    data.push({ name: binding.name, data: value })
  }
  return data
}

async function writeOutputs(
  options: InvokerOptions,
  fn: RegisteredFunction,
  result: WorkerResult,
): Promise<Record<string, TypedData>> {
  const outputs: Record<string, TypedData> = {}
  for (const { name, data } of result.outputData ?? []) if (data) outputs[name] = data
  for (const binding of Object.values(fn.bindings)) {
    if (binding.direction !== "out") continue
    const value = binding.name === "$return" ? result.returnValue : outputs[binding.name]
    if (value) await extensionOf(options, binding)?.writeOutput?.(binding, value, fn)
  }
  return outputs
}

async function withTimeout(
  { timeoutMs, output, restartWorker }: InvokerOptions,
  invocation: Invocation,
  worker: WorkerClient,
  running: Promise<WorkerResult>,
): Promise<WorkerResult> {
  if (timeoutMs === undefined) return await running
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const name = invocation.function.name
    const message = `Timeout value of ${formatTimeSpan(timeoutMs)} exceeded by function 'Functions.${name}'. Initiating cancellation.`
    output.write("error", "Host.Executor", message)
    expired.reject(new RpcInvocationError({ message, type: "FunctionTimeoutException" }))
    restartWorker(worker, message)
  }, timeoutMs)
  running.catch(() => {})
  try {
    return await Promise.race([running, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The wait in milliseconds before the retry with index `retryCount` (0 is the first): a fixed delay, or the
 * minimum, then the minimum plus 2^(n-1) times the minimum ±20 %, up to the maximum
 * (RandomizedExponentialBackoffStrategy of the WebJobs SDK).
 */
export function retryDelay(
  policy: NonNullable<RegisteredFunction["retryOptions"]>,
  retryCount: number,
  random: () => number = Math.random,
): number {
  if (policy.retryStrategy === "fixedDelay") return (policy.delayInterval?.seconds ?? 0) * 1000
  const minimum = (policy.minimumInterval?.seconds ?? 0) * 1000
  const maximum = (policy.maximumInterval?.seconds ?? 0) * 1000
  const increment = retryCount === 0 ? 0 : (0.8 + random() * 0.4) * 2 ** (retryCount - 1) * minimum
  return Math.min(minimum + increment, maximum)
}

/** Milliseconds as .NET prints a TimeSpan. */
export function formatTimeSpan(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0")
  const rest = ms % 1000
  const fraction = rest ? `.${String(Math.round(rest)).padStart(3, "0")}0000` : ""
  const days = Math.floor(ms / 86_400_000)
  const clock = `${two((ms / 3_600_000) % 24)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${fraction}`
  return days > 0 ? `${days}.${clock}` : clock
}

function describe(name: string, error: unknown): string {
  const prefix = `System.Private.CoreLib: Exception while executing function: Functions.${name}.`
  if (error instanceof RpcInvocationError) {
    const { message, stackTrace } = error.exception
    return `${prefix} System.Private.CoreLib: Result: Failure\nException: ${message}\nStack: ${stackTrace ?? ""}`
  }
  return `${prefix} ${(error as Error).message}`
}
