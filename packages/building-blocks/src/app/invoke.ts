import { createHash } from "node:crypto"
import type { InvocationContext } from "@azure/functions"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import canonicalize from "canonicalize"
import type { z } from "zod"
import { newId } from "../ids.ts"
import type { BaseStore } from "../store/store.ts"
import { idsOf, observe, type Trigger } from "../telemetry/observe.ts"
import type { Access } from "./app.ts"
import { type Caller, type CommandCall, type Committed, hasRole, idOfCaller, type Tx } from "./call.ts"
import type { UseCase } from "./use-case.ts"

/** What a trigger has read for a use case. */
export type Request = {
  readonly input: unknown
  readonly ifMatch?: readonly string[]
  /** The client's Idempotency-Key. */
  readonly idempotencyKey?: string
}

/** One call of a use case, whatever triggered it. */
export type Invocation = {
  readonly useCase: UseCase
  readonly trigger: Trigger
  readonly caller: Caller
  /** Who may; anyone where the trigger itself lets nobody else in. */
  readonly access?: Access
  /** Called once the caller is known to be allowed. */
  readonly read: () => Request | Promise<Request>
  /** The event that is consumed: handled once by its source and id. */
  readonly message?: { readonly source: string; readonly id: string; readonly time?: string }
  readonly traceparent: string
  /** Of the other traces that it serves: it shows in each. */
  readonly others?: readonly string[]
  readonly signal?: AbortSignal
  readonly context?: InvocationContext
  /** What the input's `id` is one of, for the log: `order`. */
  readonly idOf?: string
}

/** How a call ended, short of a failure. The edge that made the call maps it to its protocol. */
export type Outcome =
  /** `replayed`: the first answer to this Idempotency-Key, given again. */
  | { readonly type: "done"; readonly result: unknown; readonly replayed: boolean }
  | { readonly type: "refused"; readonly refusal: Refusal }
  | { readonly type: "unauthenticated" }
  | { readonly type: "forbidden"; readonly needs: string }
  | { readonly type: "invalid"; readonly error: z.ZodError }
  /** The Idempotency-Key was used with another request. */
  | { readonly type: "key-reused" }
  /** A call with the same Idempotency-Key is under way. */
  | { readonly type: "in-flight" }

export type Invoke = (invocation: Invocation) => Promise<Outcome>

export type PipelineParts = {
  readonly ports: unknown
  readonly store?: BaseStore
  /** Whether a result that does not fit its schema is an error. */
  readonly checkResults: boolean
}

/** Somebody else's transaction has recorded the answer of this key, or is about to. */
class TakenKeyError extends Error {}

/** Of callers that are customers: log lines say a pseudonym of it. */
const customerIdOf = (caller: Caller): string | undefined =>
  caller.kind === "customer" || caller.kind === "guest" ? caller.id : undefined

type Handler = (input: unknown, call: CommandCall) => Promise<unknown>
/** Claims the call's key or message in its transaction, and records what it answered. */
type Deduplication = {
  /** @returns false when it is taken */
  claim(tx: Tx): Promise<boolean>
  record(tx: Tx, result: unknown): Promise<void>
  /** What a taken claim comes to. */
  taken(): never | undefined
}

const done = (result: unknown, replayed = false): Outcome => ({ type: "done", result, replayed })

/** Whether the caller may; undefined when it may. */
function denial(caller: Caller, access: Access): Outcome | undefined {
  if (access === "anyone" || caller.kind === "system") return undefined
  if (caller.kind === "anonymous") return access === "shopper" ? undefined : { type: "unauthenticated" }
  if (access === "order" || access === "signed-in-or-guest") return undefined
  // Signing in may help.
  if (caller.kind === "guest" && (access === "signed-in" || typeof access === "object"))
    return { type: "unauthenticated" }
  if (access === "signed-in") return undefined
  if (access === "customer" || access === "shopper")
    return caller.kind === "service" ? { type: "forbidden", needs: "a customer" } : undefined
  return hasRole(caller, access.role) ? undefined : { type: "forbidden", needs: `the role '${access.role}'` }
}

/** Names of whoever repeats a request: nobody gets another's answer. */
const scopeOf = (useCase: UseCase, caller: Caller): string =>
  `${useCase.name} ${caller.kind} ${idOfCaller(caller) ?? ""}`

/**
 * The one way in which a use case runs: who calls → may they → is the input right → was this answered before → handle
 * under a span → result or refusal.
 */
export function pipeline({ ports, store, checkResults }: PipelineParts): Invoke {
  const handlers = new Map<UseCase, Handler>()
  const handlerOf = (useCase: UseCase): Handler => {
    const known = handlers.get(useCase)
    if (known) return known
    const handler = useCase.handle(ports as never) as Handler
    handlers.set(useCase, handler)
    return handler
  }
  const storeOf = (useCase: UseCase): BaseStore => {
    if (!store) throw new Error(`${useCase.name} needs a store, and the app has none`)
    return store
  }

  function callOf(
    { useCase, caller, message, signal }: Invocation,
    { ifMatch }: Request,
    deduplication: Deduplication | undefined,
  ): CommandCall {
    const transact = <T>(work: (tx: Tx) => Promise<T>) => storeOf(useCase).unitOfWork.transaction(work)
    let hasCommitted = false
    return {
      now: new Date(),
      newId,
      caller,
      ...(ifMatch && { ifMatch }),
      ...(message?.time !== undefined && { happenedAt: message.time }),
      ...(signal && { signal }),
      transact,
      async commit(work) {
        // The claim of the first commit would take the second one for a repetition.
        if (hasCommitted) throw new Error(`${useCase.name} commits twice`)
        const settled = await transact(async (tx) => {
          if (deduplication && !(await deduplication.claim(tx))) return committed(deduplication.taken())
          const result = await work(tx)
          if (isRefusal(result)) return result
          if (!useCase.answersAnew) {
            checkResult(useCase, result)
            await deduplication?.record(tx, result)
          }
          return committed(result)
        })
        hasCommitted = !isRefusal(settled)
        return settled as never
      },
    }
  }

  function checkResult(useCase: UseCase, result: unknown): void {
    if (!checkResults) return
    // What the client gets, not what the handler holds.
    const { error } = useCase.result.safeParse(
      result === undefined ? result : JSON.parse(JSON.stringify(result)),
    )
    if (error) throw new Error(`${useCase.name} answers what its schema does not know: ${error.message}`)
  }

  async function handle(
    invocation: Invocation,
    request: Request,
    deduplication?: Deduplication,
  ): Promise<Outcome> {
    const { useCase } = invocation
    const answer = await handlerOf(useCase)(request.input, callOf(invocation, request, deduplication))
    if (isRefusal(answer)) return { type: "refused", refusal: answer as Refusal }
    const isSettled = useCase.commits && !useCase.answersAnew
    const result = isSettled ? (answer as Settled).result : answer
    if (!isSettled) checkResult(useCase, result)
    return done(result)
  }

  /**
   * Handles a request with an Idempotency-Key: its first success is recorded with the effect and answered again, or
   * made anew for a change.
   */
  async function handleWithKey(
    invocation: Invocation,
    request: Request,
    key: string,
    hash: string,
  ): Promise<Outcome> {
    const { useCase } = invocation
    const { requests } = storeOf(useCase)
    const scope = scopeOf(useCase, invocation.caller)
    const replay = async (): Promise<Outcome | undefined> => {
      const recorded = await requests.find(scope, key)
      if (!recorded) return undefined
      if (recorded.hash !== hash) return { type: "key-reused" }
      if (!useCase.answersAnew)
        return done(recorded.result === null ? undefined : JSON.parse(recorded.result), true)
      const outcome = await handle(invocation, request, handledBefore)
      return outcome.type === "done" ? { ...outcome, replayed: true } : outcome
    }
    // Whether it was answered before the claim finds out, which spares the first call the question.
    const deduplication: Deduplication = {
      claim: (tx) => requests.claim(tx, scope, key, hash),
      record: (tx, result) => requests.record(tx, scope, key, JSON.stringify(result) ?? null),
      taken() {
        throw new TakenKeyError()
      },
    }
    try {
      const outcome = await handle(invocation, request, deduplication)
      // A call with the same key may have succeeded meanwhile, which is why this one was refused (its cart is closed).
      return outcome.type === "refused" ? ((await replay()) ?? outcome) : outcome
    } catch (error) {
      if (!(error instanceof TakenKeyError)) throw error
      return (await replay()) ?? { type: "in-flight" }
    }
  }

  /** Nothing is done again; what the handler does after the commit is. */
  const handledBefore: Deduplication = {
    claim: async () => false,
    record: async () => undefined,
    taken: () => undefined,
  }

  /** An event's effect commits with its id; what the handler does after the commit runs on every delivery. */
  const deduplicationOf = ({ useCase, message }: Invocation): Deduplication | undefined =>
    message === undefined || useCase.isRepeatable
      ? undefined
      : {
          claim: (tx) => storeOf(useCase).inbox.claim(tx, message.source, message.id),
          record: async () => undefined,
          taken: () => undefined,
        }

  return async (invocation) => {
    const { useCase, caller, access = "anyone", trigger, traceparent, others, context } = invocation
    const denied = denial(caller, access)
    if (denied) return denied
    const request = await invocation.read()
    const { data: input, error } = useCase.input.safeParse(request.input)
    if (error) return { type: "invalid", error }
    const parsed = { ...request, input }
    const { idempotencyKey: key } = request
    return await observe(
      {
        name: useCase.name,
        trigger,
        caller: { kind: caller.kind, customerId: customerIdOf(caller) },
        traceparent,
        ...(others && { others }),
        about: idsOf(input, invocation.idOf),
        ...(context && { invocation: context }),
      },
      () =>
        key === undefined
          ? handle(invocation, parsed, deduplicationOf(invocation))
          : handleWithKey(invocation, parsed, key, hashOf(request.input)),
      (outcome) => (outcome.type === "refused" ? outcome.refusal.code : outcome.type),
    )
  }
}

/** Two requests are the same when they are as JSON (RFC 8785): neither the order of members nor 1.0 for 1 counts. */
const hashOf = (input: unknown): string =>
  createHash("sha256")
    .update(canonicalize(input) ?? "")
    .digest("hex")

/** What {@link Committed} really is: only the pipeline makes and opens it. */
type Settled = { readonly result: unknown }
const committed = (result: unknown): Committed<unknown> => ({ result }) satisfies Settled as never
