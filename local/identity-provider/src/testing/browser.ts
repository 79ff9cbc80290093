import { mkdtemp, rm } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as oauth from "oauth4webapi"
import { startIdentityProvider } from "../server.ts"

export const client: oauth.Client = { client_id: "storefront" }
export const callback = "http://localhost:8080/sign-in/callback"
const insecure = { [oauth.allowInsecureRequests]: true }

/** A provider whose clock stands still unless it is moved, and a browser with its cookies. */
export async function startSignIn() {
  const dataDir = await mkdtemp(join(tmpdir(), "sign-in-"))
  let time = Date.now()
  let cookie = ""

  async function start(port = 0) {
    const server = await startIdentityProvider({
      ...{ port, audience: "eshop", dataDir, allowedOrigins: [], now: () => time },
    })
    return { server, port: (server.address() as AddressInfo).port }
  }
  let running = await start()
  const issuer = `http://localhost:${running.port}`
  const stop = () => {
    running.server.closeAllConnections()
    return new Promise((resolve) => running.server.close(resolve))
  }

  /** What the browser gets, redirects not followed. */
  async function visit(
    url: string | URL,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(new URL(url, issuer), {
      redirect: "manual",
      headers: { ...(cookie && { cookie }), ...headers },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    })
    const set = response.headers.get("set-cookie")
    if (set) cookie = set.split(";", 1)[0] ?? ""
    return response
  }

  const browser = {
    issuer,
    dataDir,
    visit,
    /** Lets time pass, in seconds. */
    pass: (seconds: number) => {
      time += seconds * 1_000
    },
    forgetCookies: () => {
      cookie = ""
    },
    async restart() {
      await stop()
      running = await start(running.port)
    },
    async metadata() {
      const url = new URL(issuer)
      return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
    },
    /** Parameters of a good authorization request, and what the client remembers meanwhile. */
    async request(changes: Record<string, string | undefined> = {}) {
      const verifier = oauth.generateRandomCodeVerifier()
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
      const all: Record<string, string | undefined> = {
        ...{ client_id: client.client_id, redirect_uri: callback, response_type: "code", state, nonce },
        scope: "openid profile offline_access access_as_user",
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...changes,
      }
      const parameters = Object.fromEntries(
        Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
      )
      return {
        verifier,
        state,
        nonce,
        parameters,
        url: `${issuer}/authorize?${new URLSearchParams(parameters)}`,
      }
    },
    /** Presses the button of an account. @returns where the browser is sent */
    async choose(account: string, parameters: Record<string, string>): Promise<URL> {
      const response = await visit("/authorize", { ...parameters, account })
      return new URL(response.headers.get("location") ?? "about:blank")
    },
    /** What the storefront does at its callback, by the library that it uses. */
    async redeem(
      location: URL,
      { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
    ) {
      const server = await browser.metadata()
      const validated = oauth.validateAuthResponse(server, client, location, state)
      const response = await oauth.authorizationCodeGrantRequest(
        ...([server, client, oauth.None(), validated, callback, verifier, insecure] as const),
      )
      return oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      })
    },
    async signIn(account: string, changes: Record<string, string | undefined> = {}) {
      const asked = await browser.request(changes)
      return browser.redeem(await browser.choose(account, asked.parameters), asked)
    },
    async refresh(refreshToken: string) {
      const server = await browser.metadata()
      const response = await oauth.refreshTokenGrantRequest(
        ...([server, client, oauth.None(), refreshToken, insecure] as const),
      )
      return oauth.processRefreshTokenResponse(server, client, response)
    },
    async userInfo(accessToken: string, subject: string) {
      const server = await browser.metadata()
      const response = await oauth.userInfoRequest(server, client, accessToken, insecure)
      return oauth.processUserInfoResponse(server, client, subject, response)
    },
    /** Status and members of what the token endpoint answers to a form. */
    async token(form: Record<string, string> | URLSearchParams, headers: Record<string, string> = {}) {
      const response = await fetch(`${issuer}/token`, {
        ...{ method: "POST", headers, body: new URLSearchParams(form) },
      })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    async close() {
      await stop()
      await rm(dataDir, { recursive: true })
    },
  }
  return browser
}
