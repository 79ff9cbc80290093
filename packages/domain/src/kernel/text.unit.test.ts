import { describe, expect, test } from "vitest"
import { EmailAddress, freeText, PersonName } from "./text.ts"

const messagesOf = (text: unknown) => PersonName.safeParse(text).error?.issues.map(({ message }) => message)

describe("a name", () => {
  test.each(["Mehmet", "Yılmaz", "O'Neil", "李", "Zoë-Ann", "می‌خواهم", "X Æ A-12", "🙂"])(
    "%s is one",
    (name) => {
      expect(PersonName.parse(name)).toBe(name)
    },
  )

  test("is trimmed", () => expect(PersonName.parse(" \u00a0Ada ")).toBe("Ada"))

  test.each([
    ["zero-width space", "\u200b"],
    ["word joiner", "\u2060\u2060"],
    ["Hangul filler", "\u3164"],
    ["empty Braille cell", "\u2800"],
    ["variation selector", "\ufe0f"],
    ["a lone combining mark", "\u0301"],
  ])("of %s alone is refused", (_, text) => {
    expect(messagesOf(text)).toEqual(["Must contain a visible character"])
  })

  test.each(["a\u0000b", "a\nb", "a\u0085b", "a\u2028b", "a\ud800b"])(
    "with a control character is refused: %j",
    (text) => {
      expect(messagesOf(text)).toEqual(["Must not contain control characters"])
    },
  )

  test("is not empty and is bounded", () => {
    for (const wrong of ["", "   ", "x".repeat(101), 7])
      expect(PersonName.safeParse(wrong).success).toBe(false)
    expect(freeText(3).parse("abc")).toBe("abc")
    expect(freeText(3).safeParse("abcd").success).toBe(false)
  })

  test("does not contain a card number, and is told so", () => {
    expect(messagesOf("Ada 4242 4242 4242 4242")).toEqual([
      "Must not contain a card number; pay with a payment method's token",
    ])
  })
})

describe("an e-mail address", () => {
  test.each([
    "mehmet@example.com",
    "müller@exämple.de",
    "ada+shop@mail.example.co.uk",
    "a@b.example",
    "o'neil_1@xn--exmple-cua.de",
    "用户@例子.公司",
    "दीपक@उदाहरण.भारत",
    `${"a".repeat(64)}@example.com`,
  ])("%s is one", (email) => {
    expect(EmailAddress.parse(` ${email} `)).toBe(email)
  })

  test.each([
    "nobody",
    "@example.com",
    "a@",
    "a@localhost",
    "a@example.1",
    "a@-example.com",
    "a@example-.com",
    "a@exa mple.com",
    "a@example..com",
    "a b@example.com",
    "a@b@example.com",
    ".a@example.com",
    "a.@example.com",
    "a..b@example.com",
    "a\u200b@example.com",
    "<a@example.com>",
    "a@example.com, b@example.com",
    `${"a".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(130)}com`,
    "4242424242424242@example.com",
  ])("%s is none", (email) => {
    expect(EmailAddress.safeParse(email).success).toBe(false)
  })
})
