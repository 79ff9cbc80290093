/** The messages between the host and the worker thread that runs one app. Plain data only (structured clone). */
import type { RetryOptions, TypedData } from "../contract.ts"

/** What the worker thread gets at its start (`workerData`). */
export type WorkerInit = {
  scriptRoot: string
  workerId: string
  hostVersion: string
}

export type NamedData = { name: string; data: TypedData | null | undefined }

export type RpcException = { message: string; stackTrace?: string; source?: string; type?: string }

export type InvokeMessage = {
  kind: "invoke"
  invocationId: string
  functionId: string
  inputData: NamedData[]
  triggerMetadata?: Record<string, TypedData>
  traceContext?: { traceParent?: string; traceState?: string; attributes?: Record<string, string> }
  retryContext?: { retryCount: number; maxRetryCount: number; exception?: RpcException }
}

export type ToWorker = InvokeMessage | { kind: "terminate" }

/** A function as the app registered it; `rawBindings` is what the host reads. */
export type FunctionMetadata = {
  name: string
  functionId: string
  rawBindings: string[]
  retryOptions?: RetryOptions
  scriptFile?: string
  directory?: string
}

export type LogMessage = {
  kind: "log"
  level: string
  logCategory: "user" | "system" | "customMetric"
  message: string
  invocationId?: string
  category?: string
}

export type FromWorker =
  | LogMessage
  | { kind: "started"; functions: FunctionMetadata[]; capabilities: Record<string, string>; main?: string }
  | { kind: "startFailed"; error: RpcException }
  | { kind: "loaded"; files: string[] }
  | {
      kind: "result"
      invocationId: string
      returnValue?: TypedData | null
      outputData?: NamedData[] | null
    }
  | { kind: "failed"; invocationId: string; exception: RpcException }
  | { kind: "crashed"; message: string }
