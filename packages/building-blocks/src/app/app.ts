import type { EventDefinition } from "@eshop/domain/contracts/event"
import type { z } from "zod"
import type { Saga } from "../durable/saga.ts"
import type { Deprecation } from "../http/deprecation.ts"
import type { FollowedUp } from "./follow-ups.ts"
import type { UseCase } from "./use-case.ts"

/**
 * Who may call a route: anybody; whoever is signed in, with or without guests; customers and guests; shoppers, who are
 * customers, guests, and whoever becomes a guest by it (reading makes nobody one); whoever is signed in, guests, and who
 * shows the token of the order that the path's `{id}` names; or holders of a role.
 */
export type Access =
  | "anyone"
  | "signed-in"
  | "signed-in-or-guest"
  | "customer"
  | "shopper"
  | "order"
  | { readonly role: string }

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** A body may have this many bytes unless its route says otherwise. */
export const MAX_BODY_BYTES = 1_048_576

type AnyUseCase = UseCase<never>
type Needs<Ports> = {
  /** Never called: carries the type of the ports that the entry needs. */
  readonly needs?: (ports: Ports) => void
}

/** An HTTP trigger. */
export type Route<Ports = never> = Needs<Ports> & {
  readonly kind: "route"
  readonly method: Method
  /** Below the app's root, without a leading slash: `orders/{id}`. */
  readonly path: string
  readonly useCase: AnyUseCase
  readonly access: Access
  readonly status: number
  readonly idempotent: boolean
  readonly maxBodyBytes: number
  /** The member of the result that is its version: answered as ETag. */
  readonly etag?: string
  readonly location?: (result: never) => string
  /** The order that a guest is given a token for: answered as `X-Order-Token`. */
  readonly orderToken?: (result: never) => string
  /** True when a guest who signs in is one no more: the client is told to forget the guest's token. */
  readonly endsGuest?: boolean
  readonly file?: FileOptions
  /** What a raw route's body must be; anything when it does not say. */
  readonly contentType?: string
  /** True when the use case takes the request's bytes and headers instead of a JSON object. */
  readonly raw: boolean
  /** True when a page is answered as newline-delimited JSON. */
  readonly lines?: boolean
  /** For so long anybody may keep the answer. */
  readonly maxAgeSeconds?: number
  readonly deprecated?: Deprecation
}

/** A Service Bus trigger's part for one type of event. */
export type Subscription<Ports = never> = Needs<Ports> & {
  readonly kind: "event"
  readonly event: EventDefinition<z.ZodType>
  readonly useCase: AnyUseCase
}

export type Timer<Ports = never> = Needs<Ports> & {
  readonly kind: "timer"
  /** NCRONTAB with seconds. */
  readonly schedule: string
  readonly useCase: AnyUseCase
}

/** Work that follows commits: it runs right after each, at the start of a process, and every minute as a net. */
export type FollowUp<Ports = never> = Needs<Ports> & {
  readonly kind: "follow-up"
  readonly useCase: AnyUseCase
  /** How long a run waits for further commits. */
  readonly pauseMs: number
}

export type Orchestration<Ports = never> = Needs<Ports> & { readonly kind: "saga"; readonly saga: Saga }

export type Entry<Ports = never> =
  | Route<Ports>
  | Subscription<Ports>
  | Timer<Ports>
  | FollowUp<Ports>
  | Orchestration<Ports>

/** A Function App as data: everything that others must know of it is derived from this one value. */
export type App<Ports = never> = Needs<Ports> & {
  readonly name: string
  readonly entries: readonly Entry[]
  /** Whether its effects commit with an outbox; without one they are idempotent by themselves (Table Storage). */
  readonly transactional: boolean
}

type PortsOfUseCase<U> = U extends { handle: (ports: infer Ports) => unknown } ? Ports : never
// A union of functions infers its parameter as the intersection of theirs.
type PortsOfEntries<Entries extends readonly Entry[]> = [Entries[number]] extends [
  { readonly needs?: (ports: infer Ports) => void },
]
  ? Ports
  : never
/** The ports that an app needs: those of all its entries. */
export type PortsOf<A> = A extends App<infer Ports> ? Ports : never

/** The names between braces of a route. */
type Parameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Parameters<Rest>
  : never
type InputOf<U extends AnyUseCase> = z.input<U["input"]>
type ResultOf<U extends AnyUseCase> = z.output<U["result"]>

/** The result is the text of a file and not JSON. */
export type FileOptions = {
  readonly contentType: string
  /** How long anybody may keep it, in seconds; nobody may keep one that does not say. */
  readonly maxAge?: number
}

export type RouteOptions<U extends AnyUseCase> = {
  readonly access: Access
  /** 200 unless it says otherwise; 204 where the result is nothing. */
  readonly status?: number
  /** The client must send an Idempotency-Key; only a command can answer the same again. */
  readonly idempotent?: U extends { readonly commits: true } ? boolean : false
  readonly maxBodyBytes?: number
  readonly etag?: Extract<keyof ResultOf<U>, string>
  readonly location?: (result: ResultOf<U>) => string
  readonly orderToken?: (result: ResultOf<U>) => string
  readonly endsGuest?: boolean
  readonly file?: ResultOf<U> extends string ? FileOptions : never
  /** Clients are asked to go elsewhere: said in every answer of the route, in OpenAPI and to the gateways. */
  readonly deprecated?: Deprecation
}

const statusOf = ({ result }: AnyUseCase): number => (result.type === "void" ? 204 : 200)

const route =
  (method: Method) =>
  <const Path extends string, U extends AnyUseCase>(
    path: Path & (Parameters<Path> extends keyof InputOf<U> ? unknown : never),
    useCase: U,
    options: RouteOptions<U>,
  ): Route<PortsOfUseCase<U>> => ({
    kind: "route",
    method,
    path,
    useCase,
    status: statusOf(useCase),
    maxBodyBytes: MAX_BODY_BYTES,
    raw: false,
    ...options,
    idempotent: options.idempotent === true,
  })

/**
 * An HTTP trigger: its use case's members that the path names are path parameters, the others the query (GET, DELETE)
 * or the body (POST, PUT, PATCH), never both.
 */
export const get = route("GET")
export const post = route("POST")
export const put = route("PUT")
export const patch = route("PATCH")
export const del = route("DELETE")

/** A page of a list for machines: entries, and the cursor of the page after it. */
type LinesResult = z.ZodObject<{ lines: z.ZodArray<z.ZodType>; nextCursor: z.ZodNullable<z.ZodString> }>

/**
 * A GET whose page is answered as newline-delimited JSON, one entry a line; the next page is where the Link header says
 * (`rel="next"`, RFC 8288).
 */
export const getLines = <const Path extends string, U extends UseCase<never, z.ZodType, LinesResult, false>>(
  path: Path & (Parameters<Path> extends keyof InputOf<U> ? unknown : never),
  useCase: U,
  options: { readonly access: Access; readonly maxAgeSeconds?: number },
): Route<PortsOfUseCase<U>> => ({
  ...get(path, useCase, { access: options.access } as RouteOptions<U>),
  ...options,
  lines: true,
})

/**
 * A POST, unless it says PUT, whose use case takes the bytes and headers as they came ({@link RawRequest}): a provider's
 * webhook, a part of an upload.
 */
export const raw = <U extends AnyUseCase>(
  path: string,
  useCase: U,
  options: Omit<RouteOptions<U>, "idempotent"> & {
    readonly contentType?: string
    readonly method?: "POST" | "PUT"
  },
): Route<PortsOfUseCase<U>> => ({
  kind: "route",
  method: "POST",
  path,
  useCase,
  status: statusOf(useCase),
  idempotent: false,
  maxBodyBytes: MAX_BODY_BYTES,
  ...options,
  raw: true,
})

/** A Service Bus trigger: consumes the event once, however often it comes. */
export const on = <T extends z.ZodType, U extends UseCase<never, T, z.ZodType, true>>(
  event: EventDefinition<T>,
  useCase: U,
): Subscription<PortsOfUseCase<U>> => ({ kind: "event", event, useCase })

/** A timer trigger. @param schedule NCRONTAB with seconds, UTC */
export const every = <U extends UseCase<never, z.ZodObject>>(
  schedule: string,
  useCase: U,
): Timer<PortsOfUseCase<U>> => ({ kind: "timer", schedule, useCase })

/**
 * Work that follows commits. Whoever commits asks for it ({@link FollowUps}), and the process does it at once; what a crash or
 * an outage left over is done when a process starts, and every minute.
 * @param pauseMs how long a run waits for further commits
 */
export const followUp = <U extends UseCase<never, z.ZodObject, z.ZodType<FollowedUp>>>(
  useCase: U,
  pauseMs = 0,
): FollowUp<PortsOfUseCase<U>> => ({ kind: "follow-up", useCase, pauseMs })

/** A durable orchestration with its activities. */
export const orchestration = <Ports>(saga: Saga<Ports>): Orchestration<Ports> => ({ kind: "saga", saga })

/** A Function App's table of contents. */
export const app = <const Entries extends readonly Entry[]>(
  name: string,
  entries: Entries,
  options: { readonly transactional: boolean } = { transactional: true },
): App<PortsOfEntries<Entries>> => ({ name, entries, ...options })
