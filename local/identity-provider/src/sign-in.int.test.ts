import { decodeJwt, decodeProtectedHeader } from "jose"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { callback, startSignIn } from "./testing/browser.ts"

const MEHMET = "58c49479-ec65-4de2-86e7-033c546291aa"
let browser: Awaited<ReturnType<typeof startSignIn>>

beforeAll(async () => {
  browser = await startSignIn()
})
afterAll(() => browser.close())
beforeEach(() => browser.forgetCookies())

const answerOf = (response: Response) =>
  Object.fromEntries(new URL(response.headers.get("location") ?? "about:blank").searchParams)

describe("signing in", () => {
  it("gives the storefront's library tokens for the chosen account", async () => {
    const tokens = await browser.signIn("mehmet")
    expect(tokens).toMatchObject({
      token_type: "bearer",
      expires_in: 3_600,
      scope: "openid profile offline_access access_as_user",
    })
    expect(decodeProtectedHeader(tokens.access_token).typ).toBe("at+jwt")
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      ...{ aud: "eshop", sub: MEHMET, scp: "access_as_user", roles: [] },
    })
    const identity = decodeJwt(tokens.id_token as string)
    expect(identity).toMatchObject({ aud: "storefront", sub: MEHMET, preferred_username: "mehmet" })
    expect(identity).not.toHaveProperty("roles")
    expect(identity).not.toHaveProperty("scp")
    expect(await browser.userInfo(tokens.access_token, MEHMET)).toEqual({
      ...{ sub: MEHMET, name: "mehmet", preferred_username: "mehmet" },
    })
  })

  it("gives a member of staff the role of the account, in both shapes", async () => {
    for (const shape of ["plain", "entra"]) {
      const tokens = await browser.signIn("orders-manage", { shape, prompt: "login" })
      expect(decodeJwt(tokens.access_token).roles).toEqual(["orders.manage"])
      expect("oid" in decodeJwt(tokens.access_token)).toBe(shape === "entra")
      const { sub } = decodeJwt(tokens.id_token as string)
      expect(await browser.userInfo(tokens.access_token, sub as string)).toMatchObject({ sub })
    }
  })

  it("gives no refresh token and no id token that was not asked for, and no access without its scope", async () => {
    const { parameters, verifier } = await browser.request({ scope: "profile" })
    const location = await browser.choose("john", parameters)
    const code = location.searchParams.get("code") as string
    const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier }
    const { body } = await browser.token({ ...form, client_id: "storefront" })
    expect(Object.keys(body).toSorted()).toEqual(["access_token", "expires_in", "scope", "token_type"])
    expect(decodeJwt(body.access_token as string).scp).toBe("profile")
  })

  it("shows the accounts, says that it asks for no password, and runs nothing", async () => {
    const response = await browser.visit((await browser.request({ login_hint: "Tessa" })).url)
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(html).toContain("asks for no password")
    expect([...html.matchAll(/name="account" value="([\w.-]+)"/g)].map(([, name]) => name)).toEqual([
      ...["mehmet", "john", "tessa", "basket-write", "catalog-write", "discount-write", "inventory-write"],
      ...["operations", "orders-fulfil", "orders-manage", "privacy-manage", "administrator"],
    ])
    expect([...html.matchAll(/value="(\w+)" autofocus/g)].map(([, name]) => name)).toEqual(["tessa"])
    expect(response.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://localhost:8080",
    )
    expect(response.headers.get("cache-control")).toBe("no-store")
  })

  it("writes what it was sent as text into the page", async () => {
    const state = `"><script>alert(1)</script>`
    const { url } = await browser.request({ state, login_hint: state })
    const html = await (await browser.visit(url)).text()
    expect(html).not.toContain("<script>")
    const { parameters } = await browser.request({ state })
    expect((await browser.choose("john", parameters)).searchParams.get("state")).toBe(state)
  })
})

describe("a browser that is signed in", () => {
  beforeEach(() => browser.signIn("mehmet"))

  it("goes back at once, also when nothing may be shown", async () => {
    for (const prompt of [undefined, "none"]) {
      const asked = await browser.request({ prompt })
      const response = await browser.visit(asked.url)
      expect(response.status).toBe(303)
      const tokens = await browser.redeem(new URL(response.headers.get("location") as string), asked)
      expect(decodeJwt(tokens.access_token).sub).toBe(MEHMET)
    }
  })

  it.each([{ prompt: "login" }, { prompt: "select_account" }, { login_hint: "john" }, { max_age: "0" }])(
    "is asked for an account by %j",
    async (changes) => {
      browser.pass(1)
      const response = await browser.visit((await browser.request(changes)).url)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain("Choose who you are")
    },
  )

  it.each([{ login_hint: "john" }, { max_age: "0" }])(
    "must sign in for %j where nothing may be shown",
    async (changes) => {
      browser.pass(1)
      const asked = await browser.request({ ...changes, prompt: "none" })
      expect(answerOf(await browser.visit(asked.url))).toMatchObject({ error: "login_required" })
    },
  )

  it("stays signed in over a restart, and no longer than twelve hours", async () => {
    const silent = async () => answerOf(await browser.visit((await browser.request({ prompt: "none" })).url))
    await browser.restart()
    browser.pass(12 * 3_600 - 1)
    expect(await silent()).toHaveProperty("code")
    browser.pass(1)
    expect(await silent()).toMatchObject({ error: "login_required" })
  })

  it("becomes somebody else by choosing another account, which ends what the first one had", async () => {
    const mehmet = await browser.signIn("mehmet")
    const john = await browser.signIn("john", { prompt: "login" })
    expect(decodeJwt(john.access_token).sub).not.toBe(MEHMET)
    await expect(browser.refresh(mehmet.refresh_token as string)).rejects.toThrow()
    expect((await browser.refresh(john.refresh_token as string)).refresh_token).toBeDefined()
  })
})

describe("an authorization request is refused", () => {
  it.each([
    { client_id: "nobody" },
    { client_id: "basket" },
    { client_id: undefined },
    { redirect_uri: undefined },
    { redirect_uri: "http://evil.example/sign-in/callback" },
    { redirect_uri: "http://localhost:8080/sign-in/callback?a=1" },
    { redirect_uri: "http://localhost:8080/sign-in/callback#a" },
    { redirect_uri: "http://localhost:8080/elsewhere/sign-in/callback" },
    { redirect_uri: "http://localhost:8080@evil.example/sign-in/callback" },
    { redirect_uri: "https://localhost:8080/sign-in/callback" },
    { redirect_uri: "javascript:alert(1)//localhost/sign-in/callback" },
  ])("without sending anybody anywhere: %j", async (changes) => {
    const response = await browser.visit((await browser.request(changes)).url)
    expect(response.status).toBe(400)
    expect(response.headers.get("location")).toBeNull()
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
  })

  it.each([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ response_type: undefined }, "invalid_request"],
    [{ response_mode: "fragment" }, "invalid_request"],
    [{ code_challenge: undefined }, "invalid_request"],
    [{ code_challenge: "short" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge_method: undefined }, "invalid_request"],
    [{ scope: "openid admin" }, "invalid_scope"],
    [{ scope: undefined }, "invalid_scope"],
    [{ prompt: "none login" }, "invalid_request"],
    [{ prompt: "none" }, "login_required"],
    [{ max_age: "soon" }, "invalid_request"],
    [{ shape: "saml" }, "invalid_request"],
    [{ request: "a.b.c" }, "request_not_supported"],
    [{ request_uri: "urn:a" }, "request_uri_not_supported"],
  ])("at the client's address, with its state: %j", async (changes, error) => {
    const { url, state } = await browser.request(changes)
    const response = await browser.visit(url)
    expect(response.status).toBe(303)
    expect(response.headers.get("location")).toMatch(/^http:\/\/localhost:8080\/sign-in\/callback\?/)
    expect(answerOf(response)).toMatchObject({ error, state, iss: browser.issuer })
  })

  it("when a parameter comes twice", async () => {
    const { url } = await browser.request()
    expect(answerOf(await browser.visit(`${url}&scope=openid`))).toMatchObject({ error: "invalid_request" })
    expect((await browser.visit(`${url}&client_id=storefront`)).status).toBe(400)
  })

  it("when another site's page sends the form, or the account cannot be one", async () => {
    const { parameters } = await browser.request()
    const form = { ...parameters, account: "mehmet" }
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { origin: "http://evil.example" },
    ]
    for (const headers of foreign) {
      const response = await browser.visit("/authorize", form, headers)
      expect(answerOf(response)).toMatchObject({ error: "invalid_request" })
      expect(response.headers.get("set-cookie")).toBeNull()
    }
    expect((await browser.choose("not a name", parameters)).searchParams.get("error")).toBe("invalid_request")
  })
})
