import { InvocationContext } from "@azure/functions"
import { logs } from "@opentelemetry/api-logs"
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs"
import { afterEach, expect, test, vi } from "vitest"
import { within } from "./ambient.ts"
import { log, logLevel, setLogLevel, startLog } from "./log.ts"
import { pseudonymOf } from "./pseudonym.ts"
import { struckOutNames } from "./redaction.ts"

const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const logged: [level: string, text: string][] = []
const invocation = new InvocationContext({ logHandler: (level, text) => logged.push([level, String(text)]) })
const inCall = (work: () => void) => within({ traceparent, invocation }, work)
const lines = () => logged.map(([, text]) => JSON.parse(text))

afterEach(() => {
  logged.length = 0
  setLogLevel("info")
  vi.restoreAllMocks()
})

test("a line says what, when, by whom and under which span; its level is the host's as well", () => {
  startLog("ordering", { LOG_LEVEL: "debug" })
  inCall(() => {
    for (const level of ["debug", "info", "warn", "error"] as const) log[level]("a text", { orderId: "o-1" })
  })
  // The host has levels of its own: it must not hold back a line that the app has been told to write.
  expect(logged.map(([level]) => level)).toEqual(["information", "information", "warning", "error"])
  expect(lines()[3]).toEqual({
    level: "error",
    time: expect.any(String),
    msg: "a text",
    service: "ordering",
    orderId: "o-1",
    trace: "a".repeat(32),
    span: "b".repeat(16),
  })
})

test("outside of a call lines go to the console, each to its own method", () => {
  const seen: string[] = []
  for (const method of ["info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation(
      (text) => void seen.push(`${method} ${JSON.parse(text).msg}`),
    )
  log.info("i")
  log.warn("w")
  log.error("e")
  expect(seen).toEqual(["info i", "warn w", "error e"])
})

test("the level says from which weight on lines are written, and may change at any time", () => {
  const written = (level: Parameters<typeof setLogLevel>[0]) => {
    setLogLevel(level)
    expect(logLevel()).toBe(level)
    logged.length = 0
    inCall(() => {
      for (const name of ["debug", "info", "warn", "error"] as const) log[name]("x")
    })
    return lines().map((line) => line.level)
  }
  expect(written("error")).toEqual(["error"])
  expect(written("warn")).toEqual(["warn", "error"])
  expect(written("info")).toEqual(["info", "warn", "error"])
  expect(written("debug")).toEqual(["debug", "info", "warn", "error"])
})

test.each(struckOutNames.map((name) => [name]))("the member %s is struck out", (name) => {
  inCall(() => log.info("x", { [name]: "Jane", orderId: "o-1" } as never))
  expect(lines()[0]).toMatchObject({ [name]: "[redacted]", orderId: "o-1" })
  expect(logged[0]?.[1]).not.toContain("Jane")
})

test("nothing hides in what is nested, in texts, in errors and in their causes", () => {
  const cause = new Error("for jane@mail.example with Bearer abcdefghijkl")
  inCall(() =>
    log.error("mail to jane@mail.example", {
      detail: "postgres://u:passw0rd@db/x",
      nested: { email: "jane@mail.example", list: [{ token: "passw0rd" }] },
      error: new Error("failed: password=passw0rd", { cause }),
    }),
  )
  expect(logged[0]?.[1]).not.toMatch(/jane|passw0rd|abcdefghijkl/)
  expect(lines()[0]).toMatchObject({ msg: "mail to [redacted]", nested: "[redacted]", error: "Error" })
  expect(lines()[0].stack).toMatch(
    /^Error: failed: password=\[redacted\]\n.*\nCaused by: Error: for \[redacted\]/s,
  )
})

test.each([
  ["a line end", 'x\n{"level":"error","msg":"forged"}'],
  ["the end of a JSON text", 'x"}\r\n{"level":"error","msg":"forged'],
  ["what moves a terminal's cursor", "\u001b[2K\u001b[1A\u0007forged\u0000"],
  ["a format", "%s %d %j %o"],
])("no text can forge a line: %s", (_, text) => {
  inCall(() => log.info(text, { reason: text, [text]: 1, error: text }))
  expect(logged).toHaveLength(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  expect(logged[0]?.[1]).not.toMatch(/[\u0000-\u001f]/)
  expect(lines()[0]).toMatchObject({ level: "info", msg: text, reason: text, [text]: 1, stack: text })
})

test("whatever is thrown can be told, and nothing that is logged throws", () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const looping = new Error("a")
  looping.cause = looping
  inCall(() => {
    for (const error of [null, 7, "text", Symbol("s"), looping, Object.create(null)]) log.warn("x", { error })
    log.info("x", { cyclic, big: 1n, nothing: null, missing: undefined, call: () => 1 })
  })
  expect(lines().map(({ error, msg }) => [error, msg])).toEqual([
    ["object", "x"],
    ["number", "x"],
    ["string", "x"],
    ["symbol", "x"],
    ["Error", "x"],
    ["object", "x"],
    [undefined, "x"],
  ])
})

test("a line is a record of OpenTelemetry as well, struck out as it is, under its span", () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  logs.setGlobalLoggerProvider(provider)
  inCall(() => log.warn("mail to a@b.example", { orderId: "o-1", token: "t" } as never))
  logs.disable()
  const [record] = exporter.getFinishedLogRecords()
  expect(record).toMatchObject({
    severityNumber: 13,
    severityText: "WARN",
    body: "mail to [redacted]",
    attributes: { orderId: "o-1", token: "[redacted]" },
    spanContext: { traceId: "a".repeat(32), spanId: "b".repeat(16) },
  })
  expect(Object.keys(record?.attributes ?? {}).sort()).toEqual(["orderId", "token"])
})

test("a pseudonym is the same wherever the key is, and another one without it", () => {
  const key = "a key that every app of a deployment has"
  startLog("basket", { LOG_LEVEL: "info", LOG_PSEUDONYM_KEY: key })
  const first = pseudonymOf("oid-1")
  startLog("ordering", { LOG_LEVEL: "info", LOG_PSEUDONYM_KEY: key })
  expect([pseudonymOf("oid-1"), pseudonymOf("oid-2") === first]).toEqual([first, false])
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  startLog("ordering", { LOG_LEVEL: "info" })
  expect(pseudonymOf("oid-1")).not.toBe(first)
})
