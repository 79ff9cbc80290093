import { expect, it } from "vitest"
import { createOutput, logLevels } from "./output.ts"

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
