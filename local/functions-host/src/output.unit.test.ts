import { expect, it } from "vitest"
import { createOutput, type LineLevel, logLevels, markLevel } from "./output.ts"

it("filters by the longest matching category", () => {
  const lines: string[] = []
  const output = createOutput((line) => lines.push(line.replace(/^\[[^\]]+\] /, "")))
  output.configure(
    logLevels(
      {
        version: "2.0",
        extensions: {},
        logging: { logLevel: { default: "Warning", Function: "Information" } },
      },
      { logging__logLevel__Worker: "debug", Logging__LogLevel__Function__User: "x" },
    ),
  )
  output.write("information", "Host.Startup", "hidden")
  output.write("warning", "Host.Startup", "warning")
  output.write("information", "Function.a", "function")
  output.write("debug", "Function.a", "hidden too")
  output.write("debug", "Worker", "worker")
  output.plain("plain")
  expect(lines).toEqual(["warning", "function", "worker", "plain"])
})

it("lets debug lines through when verbose", () => {
  const lines: string[] = []
  const output = createOutput((line) => lines.push(line), { verbose: true })
  output.write("debug", "Host", "seen")
  output.write("trace", "Host", "not seen")
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] seen$/)
})

it("hands the level of every line over", () => {
  const lines: [string, LineLevel][] = []
  const output = createOutput((line, level) => lines.push([line.replace(/^\[[^\]]+\] /, ""), level]))
  output.write("error", "Host", "failed")
  output.notice("Host.Reload", "reloaded")
  output.plain("plain")
  expect(lines).toEqual([
    ["failed", "error"],
    ["reloaded", "notice"],
    ["plain", "information"],
  ])
})

it("marks all lines of a text with its level", () => {
  expect(markLevel("first\n\nthird", "error")).toBe("<3>first\n<3>\n<3>third")
  const levels: LineLevel[] = ["critical", "error", "warning", "notice", "information", "debug", "trace"]
  expect(levels.map((level) => markLevel("x", level))).toEqual([
    "<3>x",
    "<3>x",
    "<4>x",
    "<5>x",
    "<6>x",
    "<7>x",
    "<7>x",
  ])
})
