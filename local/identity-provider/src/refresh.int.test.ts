import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { callback, startSignIn } from "./testing/browser.ts"

let browser: Awaited<ReturnType<typeof startSignIn>>

beforeAll(async () => {
  browser = await startSignIn()
})
afterAll(() => browser.close())
beforeEach(() => browser.forgetCookies())

/** The form that redeems the code of a new sign-in. */
async function codeForm(changes: Record<string, string> = {}) {
  const { parameters, verifier } = await browser.request()
  const code = (await browser.choose("mehmet", parameters)).searchParams.get("code") as string
  return {
    ...{ grant_type: "authorization_code", client_id: "storefront", redirect_uri: callback },
    ...{ code, code_verifier: verifier, ...changes },
  }
}
const refreshForm = (token: unknown, changes: Record<string, string> = {}) => ({
  ...{ grant_type: "refresh_token", client_id: "storefront", refresh_token: token as string },
  ...changes,
})
const refused = (error: string, status = 400) => ({ status, body: expect.objectContaining({ error }) })
const silently = async () =>
  new URL(
    (await browser.visit((await browser.request({ prompt: "none" })).url)).headers.get("location") ?? "",
  ).searchParams.get("error")

describe("a code", () => {
  it("counts once; when it comes again, what it began ends", async () => {
    const form = await codeForm()
    const first = await browser.token(form)
    expect(first.status).toBe(200)
    expect(await browser.token(form)).toEqual(refused("invalid_grant"))
    expect(await browser.token(refreshForm(first.body.refresh_token))).toEqual(refused("invalid_grant"))
  })

  it("counts once when it comes twice at a time", async () => {
    const form = await codeForm()
    const both = await Promise.all([browser.token(form), browser.token(form)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400])
  })

  it("counts for 60 seconds, also over a restart", async () => {
    const [early, late] = [await codeForm(), await codeForm()]
    await browser.restart()
    browser.pass(59)
    expect((await browser.token(early)).status).toBe(200)
    browser.pass(1)
    expect(await browser.token(late)).toEqual(refused("invalid_grant"))
  })

  it.each([
    [{ code_verifier: "x".repeat(43) }, "invalid_grant"],
    [{ code_verifier: "short" }, "invalid_grant"],
    [{ code_verifier: "" }, "invalid_request"],
    [{ redirect_uri: "http://localhost:9999/sign-in/callback" }, "invalid_grant"],
    [{ redirect_uri: "" }, "invalid_request"],
    [{ code: "nothing" }, "invalid_grant"],
  ])("is lost with %j", async (changes, error) => {
    const form = await codeForm()
    expect(await browser.token({ ...form, ...changes })).toEqual(refused(error))
    if (!("code" in changes)) expect(await browser.token(form)).toEqual(refused("invalid_grant"))
  })

  it("is nothing once its person has signed out", async () => {
    const form = await codeForm()
    await browser.visit("/end-session", { confirmed: "yes" })
    expect(await browser.token(form)).toEqual(refused("invalid_grant"))
  })
})

describe("a refresh token", () => {
  it("is exchanged for the next one, with an access token and an id token of the same sign-in", async () => {
    const first = await browser.signIn("tessa")
    browser.pass(3_000)
    await browser.restart()
    const second = await browser.refresh(first.refresh_token as string)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(second.access_token)).toMatchObject({
      customer_groups: ["trade"],
      scp: "access_as_user",
    })
    const [before, after] = [first, second].map(({ id_token }) => decodeJwt(id_token as string))
    expect([after?.sub, after?.auth_time, after?.sid]).toEqual([before?.sub, before?.auth_time, before?.sid])
    expect(after).not.toHaveProperty("nonce")
  })

  it("ends its family when it comes again, and no other", async () => {
    const [mine, other] = [await browser.signIn("mehmet"), await browser.signIn("mehmet")]
    const next = await browser.refresh(mine.refresh_token as string)
    expect(await browser.token(refreshForm(mine.refresh_token))).toEqual(refused("invalid_grant"))
    expect(await browser.token(refreshForm(next.refresh_token))).toEqual(refused("invalid_grant"))
    expect((await browser.token(refreshForm(other.refresh_token))).status).toBe(200)
  })

  it("counts for 24 hours from the sign-in on, however often it is refreshed", async () => {
    const { refresh_token } = await browser.signIn("mehmet")
    browser.pass(24 * 3_600 - 1)
    const { body } = await browser.token(refreshForm(refresh_token))
    browser.pass(1)
    expect(await browser.token(refreshForm(body.refresh_token))).toEqual(refused("invalid_grant"))
  })

  it("gives no more than was granted, and stays good for what was", async () => {
    const { refresh_token } = await browser.signIn("mehmet", { scope: "openid offline_access" })
    const more = refreshForm(refresh_token, { scope: "openid access_as_user" })
    expect(await browser.token(more)).toEqual(refused("invalid_scope"))
    expect((await browser.token(refreshForm(refresh_token, { scope: "openid" }))).status).toBe(200)
  })

  it("is nothing to a service, and a service's grant nothing to the storefront", async () => {
    const { refresh_token } = await browser.signIn("mehmet")
    const basket = { client_id: "basket", client_secret: "development-secret-of-basket" }
    expect(await browser.token(refreshForm(refresh_token, basket))).toEqual(refused("unauthorized_client"))
    const service = { grant_type: "client_credentials", client_id: "storefront" }
    expect(await browser.token(service)).toEqual(refused("unauthorized_client"))
    const secret = refreshForm(refresh_token, { client_secret: "guessed" })
    expect(await browser.token(secret)).toEqual(refused("invalid_client", 401))
    expect((await browser.token(refreshForm(refresh_token))).status).toBe(200)
  })
})

describe("signing out", () => {
  it("goes back to the storefront with an id token of the session, and ends its refresh tokens", async () => {
    const tokens = await browser.signIn("mehmet")
    const target = "http://localhost:8080/signed-out"
    const query = new URLSearchParams({
      ...{ id_token_hint: tokens.id_token as string, post_logout_redirect_uri: target, state: "bye" },
    })
    browser.pass(4_000)
    const response = await browser.visit(`/end-session?${query}`)
    expect([response.status, response.headers.get("location")]).toEqual([303, `${target}?state=bye`])
    expect(await silently()).toBe("login_required")
    expect(await browser.token(refreshForm(tokens.refresh_token))).toEqual(refused("invalid_grant"))
  })

  it("asks first where nothing proves that the person wants to", async () => {
    const { refresh_token } = await browser.signIn("mehmet")
    const asked = await browser.visit("/end-session")
    expect(await asked.text()).toContain("Do you want to sign out?")
    await browser.visit("/end-session?confirmed=yes")
    await browser.visit("/end-session", { confirmed: "yes" }, { "sec-fetch-site": "cross-site" })
    expect(await silently()).toBeNull()
    expect(await (await browser.visit("/end-session", { confirmed: "yes" })).text()).toContain("signed out")
    expect(await silently()).toBe("login_required")
    expect(await browser.token(refreshForm(refresh_token))).toEqual(refused("invalid_grant"))
  })

  it.each<Record<string, string>>([
    { post_logout_redirect_uri: "http://evil.example/signed-out", client_id: "storefront" },
    { post_logout_redirect_uri: "http://localhost:8080/elsewhere", client_id: "storefront" },
    { post_logout_redirect_uri: "http://localhost:8080/signed-out" },
    { post_logout_redirect_uri: "http://localhost:8080/signed-out", client_id: "nobody" },
    { id_token_hint: "a.b.c" },
  ])("sends nobody anywhere and ends nothing for %j", async (parameters) => {
    await browser.signIn("mehmet")
    const response = await browser.visit(`/end-session?${new URLSearchParams(parameters)}`)
    expect([response.status, response.headers.get("location")]).toEqual([400, null])
    expect(await silently()).toBeNull()
  })

  it("takes no access token for an id token", async () => {
    const { access_token } = await browser.signIn("mehmet")
    expect((await browser.visit(`/end-session?id_token_hint=${access_token}`)).status).toBe(400)
  })
})

describe("the token endpoint", () => {
  it("refuses a parameter that comes twice, another kind of body, and one that is too large", async () => {
    const twice = new URLSearchParams(await codeForm())
    twice.append("code", "another")
    expect(await browser.token(twice)).toEqual(refused("invalid_request"))
    const json = await fetch(`${browser.issuer}/token`, {
      ...{ method: "POST", body: "{}", headers: { "content-type": "application/json" } },
    })
    expect(json.status).toBe(400)
    const large = { grant_type: "refresh_token", refresh_token: "x".repeat(20_000) }
    expect(await browser.token(large)).toEqual(refused("invalid_request", 413))
  })

  it("answers pages of this machine, whatever their port, and no others; development's tokens only listed ones", async () => {
    const allowed = async (path: string, origin: string) =>
      (await fetch(`${browser.issuer}${path}`, { method: "OPTIONS", headers: { origin } })).headers.get(
        "access-control-allow-origin",
      )
    const own = "http://localhost:49152"
    for (const path of ["/token", "/userinfo", "/.well-known/openid-configuration", "/jwks"]) {
      expect(await allowed(path, own)).toBe(own)
      expect(await allowed(path, "http://localhost.evil.example")).toBeNull()
    }
    expect(await allowed("/dev/token", own)).toBeNull()
  })
})

describe("userinfo", () => {
  it("is for a person's access token", async () => {
    const { id_token } = await browser.signIn("mehmet")
    const service = (await (await browser.visit("/dev/token?client=basket")).json()) as {
      access_token: string
    }
    for (const authorization of [
      undefined,
      "Basic a",
      `Bearer ${id_token}`,
      `Bearer ${service.access_token}`,
    ]) {
      const response = await browser.visit("/userinfo", undefined, authorization ? { authorization } : {})
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ])
    }
  })
})

describe("a new signing key", () => {
  const rotate = async (query = "") =>
    (await (await fetch(`${browser.issuer}/dev/rotate-keys${query}`, { method: "POST" })).json()) as {
      kid: string
    }
  const published = async () => {
    const response = await fetch(`${browser.issuer}/jwks`)
    return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
  }

  it("signs from then on, over a restart; the old one is published until its tokens have expired", async () => {
    const [old] = await published()
    const { access_token } = await browser.signIn("mehmet")
    const { kid } = await rotate()
    await browser.restart()
    expect(await published()).toEqual([kid, old])
    const keys = createRemoteJWKSet(new URL(`${browser.issuer}/jwks`))
    const fresh = await browser.signIn("mehmet")
    for (const token of [access_token, fresh.access_token])
      await jwtVerify(token, keys, { audience: "eshop", clockTolerance: 1e6 })
    browser.pass(3_899)
    expect(await published()).toEqual([kid, old])
    browser.pass(1)
    expect(await published()).toEqual([kid])
  })

  it("is not made for another site's page", async () => {
    const before = await published()
    const foreign = { method: "POST", headers: { origin: "http://evil.example" } }
    expect((await fetch(`${browser.issuer}/dev/rotate-keys`, foreign)).status).toBe(400)
    expect(await published()).toEqual(before)
  })

  it("is the only one that is published where the old one is to be forgotten", async () => {
    const { kid } = await rotate("?forget")
    expect(await published()).toEqual([kid])
  })
})
