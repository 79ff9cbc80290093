import { expect, it } from "vitest"
import { bodyBytes, serializeCookie } from "./response.ts"

it.each([
  [{ name: "a", value: "b" }, "a=b; path=/"],
  [{ name: "a", value: "b c;d" }, "a=b%20c%3Bd; path=/"],
  [{ name: "a", value: "b", maxAge: { value: 0 } }, "a=b; max-age=0; path=/"],
  [
    {
      name: "a",
      value: "b",
      domain: { value: "example.org" },
      path: { value: "/shop" },
      secure: { value: true },
      httpOnly: { value: true },
      sameSite: "strict",
      maxAge: { value: 3600.9 },
      expires: { value: { seconds: 1_800_000_000 } },
    },
    "a=b; expires=Fri, 15 Jan 2027 08:00:00 GMT; max-age=3600; domain=example.org; path=/shop; secure; samesite=strict; httponly",
  ],
  [{ name: "a", value: "b", sameSite: "explicitNone" }, "a=b; path=/; samesite=none"],
  [{ name: "a", value: "b", sameSite: "none" }, "a=b; path=/"],
])("writes the cookie %j as ASP.NET Core does", (cookie, expected) => {
  expect(serializeCookie(cookie)).toBe(expected)
})

it("gives the bytes of every form of body", () => {
  expect(bodyBytes({ bytes: new Uint8Array([1, 2]) })).toEqual(new Uint8Array([1, 2]))
  expect(Buffer.from(bodyBytes({ string: "ö" })).toString()).toBe("ö")
  expect(Buffer.from(bodyBytes({ json: "{}" })).toString()).toBe("{}")
  expect(Buffer.from(bodyBytes({ int: 0 })).toString()).toBe("0")
  expect(bodyBytes(undefined).length).toBe(0)
})
