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
  ['<set-header name="a" exist-action="skip" />', ["<set-header> has no attribute exist-action"]],
  ['<forward-request timeout="1" />', ["<forward-request> does not belong into <inbound>"]],
  [
    '<choose><otherwise /><when condition="@(true)"><set-method>GET</set-method></when></choose>',
    ["<when> comes too late in <choose>: Azure demands an order"],
  ],
  [
    '<validate-jwt header-name="Authorization"><issuers /><audiences /></validate-jwt>',
    ["<audiences> comes too late in <validate-jwt>: Azure demands an order"],
  ],
  ["<choose><when><base /></when></choose>", ["<when> has no condition"]],
  [
    "<return-response><set-method /></return-response>",
    ["<set-method> does not belong into <return-response>"],
  ],
])("finds what is wrong in %s", (inbound, errors) => {
  expect(policyErrors(document(inbound))).toEqual(errors)
})

test("finds a section that forgets what is set above", () => {
  expect(policyErrors(document("").replace("<outbound><base />", "<outbound>"))).toEqual([
    "<outbound> does not begin with <base />",
  ])
})

test("finds a token that is checked too late, where an error is answered", () => {
  const xml = document("").replace(
    "<on-error><base />",
    "<on-error><base /><choose><otherwise><validate-jwt /></otherwise></choose>",
  )
  expect(policyErrors(xml)).toEqual(["<validate-jwt> does not belong into <on-error>"])
})

test("lets the policy of all APIs and a fragment be without a base", () => {
  expect(policyErrors(document("").replaceAll("<base />", ""), true)).toEqual([])
  expect(policyErrors('<fragment><set-variable name="a" value="b" /></fragment>')).toEqual([])
  expect(policyErrors("<fragment><set-method>GET</set-method></fragment>")).toEqual([
    "<set-method> does not belong into <fragment>",
  ])
})
