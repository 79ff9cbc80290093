import { expect, test } from "vitest"
import { policyErrors } from "./api-policies.ts"

const document = (inbound: string) =>
  `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`

test("takes a document with an escaped expression", () => {
  expect(
    policyErrors(
      document(
        '<choose><when condition="@(long.Parse(context.Request.Headers.GetValueOrDefault(&quot;Content-Length&quot;, &quot;0&quot;)) &gt; 10)"><return-response><set-status code="413" reason="Too Large" /></return-response></when></choose>',
      ),
    ),
  ).toEqual([])
})

test.each([
  ["<validate-jvt />", ["<validate-jvt> is not a known element"]],
  ["<choose>", ["</inbound> closes <choose>", "</policies> closes <inbound>", "<policies> is never closed"]],
  ["<set-body>{a && b}</set-body>", ["a bare & that is no entity"]],
  ['<set-body>@(x["y"] < 1)</set-body>', ["not a tag: < 1)"]],
])("finds what is wrong in %s", (inbound, errors) => {
  expect(policyErrors(document(inbound))).toEqual(errors)
})

test("finds a section that forgets what is set above", () => {
  expect(policyErrors(document("").replace("<outbound><base />", "<outbound>"))).toEqual([
    "<outbound> does not begin with <base />",
  ])
})
