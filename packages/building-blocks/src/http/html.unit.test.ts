import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { html } from "./html.ts"

describe("a template of HTML", () => {
  test("takes what is put into it for text, in elements and quoted attributes", () => {
    const hostile = `<script>alert("1")</script>&'`
    expect(html`<p title="${hostile}">${hostile}</p>`.html).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
    )
  })

  test("takes HTML of another template as it is, alone and in lists, and nothing for undefined", () => {
    const items = ["a<", "b"].map((text) => html`<li>${text}</li>`)
    expect(html`<ul>${items}</ul>${undefined}${1}`.html).toBe("<ul><li>a&lt;</li><li>b</li></ul>1")
  })

  test("never lets a text open an element or end an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."<>\"'&;#=/ab") }), (text) => {
        const [, inner = ""] = /^<a b="([\s\S]*)">$/.exec(html`<a b="${text}">`.html) ?? []
        expect(inner).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
      }),
    )
  })
})
