import { useSyncExternalStore } from "react"
import { type Registration, readConfiguration } from "./configuration.ts"
import type { Door } from "./door.ts"
import type { Tokens } from "./open-id.ts"

/** A token that ends within this time is renewed before it is used, in milliseconds. */
const RENEW_BEFORE_MS = 60_000

let door: Door
let registration: Registration
let channel: BroadcastChannel
let tokens: Tokens | undefined
let renewal: Promise<void> | undefined
/** Whose sign-in ended without being ended here. */
let ended: Tokens | undefined
const listeners = new Set<() => void>()

/** Says, in every tab and across loads, that somebody signed in here; nothing else. */
const flag = () => `${door.name}.signed-in`

function become(next: Tokens | undefined): void {
  tokens = next
  if (next) ended = undefined
  if (next) localStorage.setItem(flag(), "yes")
  else localStorage.removeItem(flag())
  for (const listener of listeners) listener()
}

const openId = () => import("./open-id.ts")

const readRegistration = async () => door.registration(await readConfiguration())

/**
 * Finds out who is here, before anything is shown: takes up the way back from the provider, or asks it silently for
 * whoever was signed in before the page was loaded.
 * @param where by which door they come in
 * @returns `leaving` while the browser is on its way to the provider, and nothing should be shown; `signed-in` for whoever
 * comes from there
 */
export async function beginSession(where: Door): Promise<"leaving" | "signed-in" | "guest"> {
  door = where
  channel = new BroadcastChannel(`${door.name}.session`)
  channel.onmessage = () => location.assign(door.signedOut)
  const isBack = location.pathname === door.callback
  if (!isBack && localStorage.getItem(flag()) === null) return "guest"
  registration = await readRegistration()
  const { comeBack, goToProvider } = await openId()
  if (!isBack) {
    await goToProvider(door, registration, location.pathname + location.search + location.hash, true)
    return "leaving"
  }
  const found = await comeBack(door, registration)
  history.replaceState(null, "", found.back)
  become(found.tokens)
  return found.tokens ? "signed-in" : "guest"
}

/** The access token of whoever is signed in, renewed in time; nothing for whoever is not signed in. */
export async function accessToken(): Promise<string | undefined> {
  if (tokens && performance.now() > tokens.until - RENEW_BEFORE_MS) {
    renewal ??= renewTokens().finally(() => {
      renewal = undefined
    })
    await renewal
  }
  return tokens?.accessToken
}

async function renewTokens(): Promise<void> {
  const old = tokens
  if (!old) return
  try {
    const next = await (await openId()).renew(registration, old)
    // One that cannot be renewed still counts for as long as it holds.
    if (!next && old.refreshToken === undefined && performance.now() < old.until) return
    ended = next ? undefined : old
    become(next)
  } catch (error) {
    // The provider may only be away: the token that is there is used as long as it holds.
    if (performance.now() > old.until) {
      ended = old
      become(undefined)
    } else console.warn("The sign-in could not be renewed.", error)
  }
}

/** Sends the browser to the provider's sign-in, from where it comes back to this page. */
export async function signIn(): Promise<void> {
  registration ??= await readRegistration()
  const back =
    location.pathname === door.signedOut ? door.home : location.pathname + location.search + location.hash
  await (await openId()).goToProvider(door, registration, back, false)
}

/** Signs out: in all tabs, and at the provider. */
export async function signOut(): Promise<void> {
  const url = await (await openId()).signOutUrl(door, registration, tokens?.idToken)
  become(undefined)
  channel.postMessage("signed-out")
  location.assign(url)
}

/** Who is signed in. */
export type Customer = Pick<Tokens, "name" | "roles">

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether a sign-in has ended while the page was open: signed out elsewhere, or not renewed. */
export const useSignInEnded = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => ended !== undefined,
    () => false,
  )

/** Who is signed in, or was until it ended by itself: what they typed is to stay. */
export const useLastCustomer = (): Customer | undefined =>
  useSyncExternalStore(
    subscribe,
    () => tokens ?? ended,
    () => undefined,
  )

/** Who is signed in, if anybody is. */
export const useCustomer = (): Customer | undefined =>
  useSyncExternalStore(
    subscribe,
    () => tokens,
    () => undefined,
  )
