import { useSyncExternalStore } from "react"
import { type Configuration, readConfiguration } from "./configuration.ts"
import type { Tokens } from "./open-id.ts"

/** Says, in every tab and across loads, that somebody signed in here; nothing else. */
const FLAG = "shop.signed-in"
/** A token that ends within this time is renewed before it is used, in milliseconds. */
const RENEW_BEFORE_MS = 60_000

let configuration: Configuration
let tokens: Tokens | undefined
let renewal: Promise<void> | undefined
const listeners = new Set<() => void>()
const channel = new BroadcastChannel("shop.session")

function become(next: Tokens | undefined): void {
  tokens = next
  if (next) localStorage.setItem(FLAG, "yes")
  else localStorage.removeItem(FLAG)
  for (const listener of listeners) listener()
}

const openId = () => import("./open-id.ts")

/**
 * Finds out who is here, before anything is shown: takes up the way back from the provider, or asks it silently for a
 * customer who was signed in before the page was loaded.
 * @returns `leaving` while the browser is on its way to the provider, and nothing should be shown; `signed-in` for whoever
 * comes from there
 */
export async function beginSession(): Promise<"leaving" | "signed-in" | "guest"> {
  channel.onmessage = () => location.assign("/signed-out")
  const isBack = location.pathname === "/sign-in/callback"
  if (!isBack && localStorage.getItem(FLAG) === null) return "guest"
  configuration = await readConfiguration()
  const { comeBack, goToProvider } = await openId()
  if (!isBack) {
    await goToProvider(configuration, location.pathname + location.search + location.hash, true)
    return "leaving"
  }
  const found = await comeBack(configuration)
  history.replaceState(null, "", found.back)
  become(found.tokens)
  return found.tokens ? "signed-in" : "guest"
}

/** The customer's access token, renewed in time; nothing for whoever is not signed in. */
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
    if (old.refreshToken === undefined) throw new Error("there is no refresh token")
    become(await (await openId()).renew(configuration, old))
  } catch (error) {
    // The provider may only be away: the token that is there is used as long as it holds.
    if (performance.now() > old.until) become(undefined)
    else console.warn("The sign-in could not be renewed.", error)
  }
}

/** Sends the browser to the provider's sign-in, from where it comes back to this page. */
export async function signIn(): Promise<void> {
  configuration ??= await readConfiguration()
  const back = location.pathname === "/signed-out" ? "/" : location.pathname + location.search + location.hash
  await (await openId()).goToProvider(configuration, back, false)
}

/** Signs the customer out: in all tabs, and at the provider. */
export async function signOut(): Promise<void> {
  const url = await (await openId()).signOutUrl(configuration, tokens?.idToken)
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

/** Who is signed in, if anybody is. */
export const useCustomer = (): Customer | undefined => useSyncExternalStore(subscribe, () => tokens)
