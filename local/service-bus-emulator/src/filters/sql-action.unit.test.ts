import { expect, test } from "vitest"
import type { MessageProperties } from "../message/edit.ts"
import { compileAction } from "./sql-action.ts"

const message: MessageProperties = {
  system: { subject: "s" },
  application: new Map<string, unknown>([
    ["Amount", 2n],
    ["old", "x"],
  ]),
}

test("statements run in order and see the changes before them", () => {
  const action = compileAction(
    "SET amount = Amount * 2; SET twice = amount + amount, REMOVE old; SET copy = old",
  )
  expect(action(message)).toEqual({
    application: { Amount: 4n, twice: 8n, old: undefined, copy: undefined },
    system: {},
  })
})

test("sets and clears fields of the message itself", () => {
  expect(compileAction("SET sys.Label = 'new'; SET sys.CorrelationId = 7; REMOVE sys.To")(message)).toEqual({
    application: {},
    system: { subject: "new", correlationId: "7", to: undefined },
  })
})

test("leaves the message as it is", () => {
  compileAction("SET Amount = 0; SET sys.Label = ''")(message)
  expect(message.application.get("Amount")).toBe(2n)
  expect(message.system.subject).toBe("s")
})

test.each([
  ["", 1],
  ["SET a", 6],
  ["SET a = ", 9],
  ["SET 1 = 2", 5],
  ["REMOVE", 7],
  ["DROP a", 1],
  ["SET a = b = 1", 11],
])("%s is refused at position %i", (source, position) => {
  expect(() => compileAction(source)).toThrow(expect.objectContaining({ name: "SqlSyntaxError", position }))
})

test("refuses to change what only the broker sets", () => {
  expect(() => compileAction("SET sys.SequenceNumber = 1")(message)).toThrow(
    "sys.SequenceNumber cannot be changed.",
  )
})
