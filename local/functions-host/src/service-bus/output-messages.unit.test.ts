import { describe, expect, it } from "vitest"
import type { TypedData } from "../contract.ts"
import { outputMessages } from "./output-messages.ts"

const bodies = (value: TypedData) => outputMessages(value).map(({ body }) => String(body))

describe("outputMessages", () => {
  it.each<[string, TypedData, string[]]>([
    ["text", { string: "hello" }, ["hello"]],
    ["empty text", { string: "" }, [""]],
    ["an object", { json: '{"a":{"b":[1]}}' }, ['{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}']],
    [
      "an array",
      { json: '["a",1,true,null,{"b":2},[3]]' },
      ["a", "1", "True", "", '{\n  "b": 2\n}', "[\n  3\n]"],
    ],
    ["an empty array", { json: "[]" }, []],
    ["null", { json: "null" }, []],
    ["a flag", { json: "false" }, ["False"]],
    ["numbers", { int: 5 }, ["5"]],
    ["fractions", { double: 1.5 }, ["1.5"]],
    ["an array in text", { string: ' ["a", {"b": 1}] ' }, ["a", '{\n  "b": 1\n}']],
    ["an object in text", { string: '{"b":1}' }, ['{\n  "b": 1\n}']],
    ["text in quotes", { string: '"a"' }, ['"a"']],
    ["a collection", { collectionString: { string: ["a", "b"] } }, ["a", "b"]],
    ["nothing", {}, []],
  ])("makes messages of %s", (_, value, expected) => {
    expect(bodies(value)).toEqual(expected)
  })

  it("sends text as text/plain and bytes as they are", () => {
    expect(outputMessages({ string: "a" })).toEqual([{ body: Buffer.from("a"), contentType: "text/plain" }])
    expect(outputMessages({ bytes: new Uint8Array([1, 255]) })).toEqual([
      { body: Buffer.from([1, 255]), contentType: "application/octet-stream" },
    ])
  })

  it("refuses text that only looks like JSON", () => {
    expect(() => outputMessages({ string: "{not json}" })).toThrow(SyntaxError)
  })
})
