import { describe, expect, test } from "vitest"
import { Claims, ClaimsError, callerOf } from "./token-claims.ts"

const tid = "9188040d-6c67-4c5b-b112-36a304b66dad"
const oid = "58C49479-EC65-4de2-86e7-033c546291aa"
const [client, principal] = ["0d0e4b5f-0000-4000-8000-000000000001", "0d0e4b5f-0000-4000-8000-000000000002"]
const exp = 2_000_000_000

/** Claims as Entra's documentation shows them, made up otherwise. */
const version2 = {
  ...{ iss: `https://login.microsoftonline.com/${tid}/v2.0`, aud: client, exp, ver: "2.0", tid, oid },
  ...{ sub: "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", azp: client, azpacr: "0", scp: "access_as_user" },
  ...{ name: "Ada", preferred_username: "ada@example.com", rh: "I", uti: "fqiBqXLPj0eQa82S-IYFAA" },
}
const version1 = {
  ...{ iss: `https://sts.windows.net/${tid}/`, aud: `api://${client}`, exp, ver: "1.0", tid, oid },
  ...{ sub: version2.sub, appid: client, appidacr: "0", scp: "access_as_user", amr: ["pwd"], upn: "ada" },
}
const appVersion2 = {
  ...{ iss: version2.iss, aud: client, exp, ver: "2.0", tid, oid: principal, sub: principal },
  ...{ azp: client, azpacr: "2", roles: ["discount.quote"] },
}
const appVersion1 = {
  ...{ iss: version1.iss, aud: version1.aud, exp, ver: "1.0", tid, oid: principal, sub: principal },
  ...{ appid: client, appidacr: "2", idp: version1.iss, roles: ["discount.quote"] },
}
const idToken = {
  ...{ iss: version2.iss, aud: client, exp, ver: "2.0", tid, oid, sub: version2.sub, nonce: "n-0S6_WzA2Mj" },
  ...{ name: "Ada", preferred_username: "ada@example.com", roles: ["operations"] },
}

const read = (claims: object, trusted = true, claim = "oid") => callerOf(Claims.parse(claims), claim, trusted)

describe("Entra's tokens", () => {
  test.each([
    ["version 2", version2],
    ["version 2 that says its kind", { ...version2, idtyp: "user" }],
    ["version 1", version1],
    ["several scopes", { ...version2, scp: "profile access_as_user" }],
    [
      "more groups than fit",
      {
        ...version2,
        _claim_names: { groups: "src1" },
        _claim_sources: {
          src1: { endpoint: `https://graph.microsoft.com/v1.0/users/${oid}/getMemberObjects` },
        },
      },
    ],
  ])("of a person, %s: the account as it is written", (_, claims) => {
    expect(read(claims)).toEqual({ kind: "customer", id: oid, roles: [] })
  })

  test.each([
    ["version 2", appVersion2],
    ["version 2 that says its kind", { ...appVersion2, idtyp: "app" }],
    ["version 1", appVersion1],
  ])("of an application, %s: a service, which has no cart", (_, claims) => {
    expect(read(claims)).toEqual({ kind: "service", id: client, roles: ["discount.quote"] })
  })

  test("bring a member of staff's roles, and a customer's groups", () => {
    expect(read({ ...version2, roles: ["orders.manage"] })).toMatchObject({ roles: ["orders.manage"] })
    expect(read({ ...version2, customer_groups: ["trade"] })).toMatchObject({ customerGroups: ["trade"] })
  })
})

describe("refused is", () => {
  test.each([
    ["an id token", idToken],
    ["an id token without nonce", { ...idToken, nonce: undefined }],
    ["an id token whose account is its subject", { ...idToken, nonce: undefined, sub: oid }],
    ["an id token that has a scope", { ...version2, nonce: "n" }],
    ["an id token of the code flow", { sub: oid, oid, exp, at_hash: "a" }],
    ["a token for another of the API's scopes", { ...version2, scp: "shop" }],
    ["a token for a scope that is called nearly so", { ...version2, scp: "access_as_user2" }],
    ["a token with empty scopes", { ...version2, scp: "" }],
    ["another issuer's token without our scope", { sub: oid, oid, exp, scope: "openid email" }],
    ["a token that says another kind", { ...appVersion2, idtyp: "device" }],
    ["a person without an account", { ...version2, oid: undefined }],
    ["a person whose account cannot be a name", { ...version2, oid: "a b" }],
    ["a person with too long a name", { ...version2, oid: "x".repeat(129) }],
  ])("%s", (_, claims) => {
    expect(() => read(claims)).toThrow(ClaimsError)
  })
})

test("a plain token names the customer by its subject; scopes may be a list, or not be there", () => {
  const plain = { sub: "auth0|AbC", exp }
  for (const scopes of [{}, { scope: "openid access_as_user" }, { scp: ["access_as_user"] }])
    expect(read({ ...plain, ...scopes }, true, "sub")).toEqual({ kind: "customer", id: plain.sub, roles: [] })
})

test("of a directory where customers register themselves, roles count nothing and services are nobody", () => {
  expect(read({ ...version2, roles: ["operations"] }, false)).toEqual({
    kind: "customer",
    id: oid,
    roles: [],
  })
  expect(() => read(appVersion2, false)).toThrow("services are of another issuer")
})
