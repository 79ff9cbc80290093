import { client } from "@eshop/shop-client/generated/client.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { ApiError, answerOf } from "../../../api/api.ts"

/** What goes wrong, as the switchboard of the local cloud names it (local/faults/src/fault.ts). */
export type Fault =
  | { readonly kind: "payment"; readonly what: "declined" | "unanswered-before" | "unanswered-after" }
  | { readonly kind: "webhook"; readonly what: "late" | "twice" | "never" }
  | { readonly kind: "killed"; readonly part: string }
  | { readonly kind: "frozen" | "away"; readonly part: string; readonly seconds: number }

export type Place = "before" | "after"
export type Point = { readonly place: Place; readonly activity: string }
export type Repeat = "once" | "every-order"
export type Switch = { readonly fault: Fault; readonly point: Point; readonly repeat: Repeat }
export type Messages = "as-sent" | "twice" | "late" | "out-of-order"
export type Chance = { readonly seed: number; readonly percent: number }
export type PlannedFault = Point & { readonly order: number; readonly run: number; readonly fault: Fault }
export type Strike = PlannedFault & {
  readonly orderId: string
  readonly at: string
  readonly failed?: string
}

/** What happened, to be replayed: made and read by the switchboard alone. */
export type Script = { readonly orders: readonly object[]; readonly faults: readonly PlannedFault[] }

export type Replay = {
  readonly state: "running" | "done" | "failed"
  readonly orders: number
  readonly placed: number
  readonly faults: number
  readonly struck: number
  readonly missed: readonly PlannedFault[]
  readonly reason?: string
}

export type HitOrder = {
  readonly id: string
  readonly number: string
  readonly status?: string
  readonly cancelReason?: string
}

export type State = {
  readonly armed: readonly (Switch & { readonly id: number })[]
  readonly chance: Chance
  readonly messages: Messages
  readonly strikes: readonly Strike[]
  readonly orders: readonly HitOrder[]
  readonly counted: number
  readonly replay?: Replay
  readonly choices: { readonly parts: readonly string[]; readonly processes: readonly string[] }
}

const API = "/console/faults/api"
const KEY = ["faults"] as const
const POLL_MS = 1_000

/** Whether there is no switchboard at all, as in Azure: nothing at its address, or a page where its answer would be. */
const isAbsent = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 404

async function readState(): Promise<State | "absent"> {
  try {
    const state = await answerOf(client.get<{ 200: State }>({ url: `${API}/state` }))
    return typeof state === "object" && "choices" in state ? state : "absent"
  } catch (error) {
    if (isAbsent(error)) return "absent"
    throw error
  }
}

/** What is on and what happened, asked for again and again while the page is looked at. */
export const useSwitchboard = () =>
  useQuery({
    queryKey: KEY,
    queryFn: readState,
    refetchInterval: ({ state }) => (state.data === "absent" ? false : POLL_MS),
    staleTime: 0,
  })

/** Something that is done to the switchboard; what is shown is read anew afterwards. Nothing is sent twice by itself. */
export function useChange<Given>(send: (given: Given) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: send,
    retry: false,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

export const switchOn = (body: Switch) => answerOf(client.post({ url: `${API}/switches`, body, headers }))
export const switchOff = (id: number) => answerOf(client.delete({ url: `${API}/switches/${id}` }))
export const setMessages = (messages: Messages) =>
  answerOf(client.put({ url: `${API}/messages`, body: { messages }, headers }))
export const setChance = (body: Chance) => answerOf(client.put({ url: `${API}/chance`, body, headers }))
export const beginAnew = () => answerOf(client.post({ url: `${API}/beginning`, body: {}, headers }))
export const placeOrder = () => answerOf(client.post({ url: `${API}/orders`, body: usualOrder, headers }))
export const readScript = () => answerOf(client.get<{ 200: Script }>({ url: `${API}/script` }))
export const replayScript = (script: unknown) =>
  answerOf(client.post({ url: `${API}/replays`, body: script, headers }))

const headers = { "content-type": "application/json" }
/** A product of the seed, and a card that works. */
const usualOrder = { lines: [{ sku: "IPHONE-X-BLACK", quantity: 1 }], paymentMethod: "pm_card_visa" }
