import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readHostJson, timeSpan } from "./host-json.ts"
import { createSettings, readLocalSettings } from "./settings.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "host-settings-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

describe("local.settings.json", () => {
  it("is optional", () => {
    expect(readLocalSettings(folder).values).toEqual({})
  })

  it("may hold comments, a BOM, trailing commas and connection strings", () => {
    write(
      "local.settings.json",
      '\uFEFF{ // a comment with "quotes"\n "Values": { "A": "1", "B": true, "Url": "http://x/y", /* c */ }, ' +
        '"ConnectionStrings": { "Db": "x", "Other": { "ConnectionString": "y" } }, "Host": { "LocalHttpPort": 7075 } }',
    )
    expect(readLocalSettings(folder)).toEqual({
      values: {
        A: "1",
        B: "true",
        Url: "http://x/y",
        "ConnectionStrings:Db": "x",
        "ConnectionStrings:Other": "y",
      },
      host: { port: 7075, cors: undefined, corsCredentials: false },
    })
  })

  it("is refused when encrypted, broken or nested", () => {
    write("local.settings.json", '{ "IsEncrypted": true, "Values": {} }')
    expect(() => readLocalSettings(folder)).toThrow("encrypted")
    write("local.settings.json", "{ nonsense")
    expect(() => readLocalSettings(folder)).toThrow("Unable to parse local.settings.json")
    write("local.settings.json", '{ "Values": { "A": { "b": 1 } } }')
    expect(() => readLocalSettings(folder)).toThrow('"A" must be a string')
  })
})

describe("settings", () => {
  const settings = createSettings({
    Plain: "1",
    Nested__Key: "2",
    AzureWebJobsStorage: "prefixed",
    Storage: "plain",
    "ConnectionStrings:Db": "listed",
    Bus__fullyQualifiedNamespace: "x.servicebus.windows.net",
  })

  it("are found without regard to case and separator", () => {
    expect(settings.get("plain")).toBe("1")
    expect(settings.get("nested:key")).toBe("2")
    expect(settings.get("absent")).toBeUndefined()
  })

  it("replace %names% and name the missing one", () => {
    expect(settings.expand("a-%Plain%-%Nested__Key%")).toBe("a-1-2")
    expect(settings.expand("100 %")).toBe("100 %")
    expect(() => settings.expand("%Absent%")).toThrow(`'%Absent%' does not resolve to a value`)
  })

  it("give connections, the prefixed name first", () => {
    expect(settings.connection("Storage")).toBe("prefixed")
    expect(settings.connection("Db")).toBe("listed")
    expect(() => settings.connection("Absent")).toThrow('set the app setting "Absent"')
    expect(() => settings.connection("Bus")).toThrow("identity-based (Bus__fullyQualifiedNamespace)")
    expect(settings.withPrefix("Bus__")).toEqual({ Bus__fullyQualifiedNamespace: "x.servicebus.windows.net" })
  })
})

describe("host.json", () => {
  const read = (variables: Record<string, string> = {}) => readHostJson(join(folder, "host.json"), variables)

  it("needs version 2.0 and valid JSON", () => {
    write("host.json", "{}")
    expect(() => read()).toThrow("missing the required 'version' property")
    write("host.json", '{ "version": "1.0" }')
    expect(() => read()).toThrow('it is "1.0"')
    write("host.json", "{ x")
    expect(() => read()).toThrow("Unable to parse host.json")
  })

  it("warns of what it does not know and of its absence", () => {
    expect(read().warnings).toHaveLength(1)
    write(
      "host.json",
      '{ "version": "2.0", "extension": {}, "extensions": { "htp": {}, "durableTask": {} } }',
    )
    expect(read().warnings).toEqual([
      'host.json: unknown key "extension" is ignored',
      'host.json: unknown extension "extensions.htp" is ignored',
    ])
  })

  it("is overridden by AzureFunctionsJobHost__ variables", () => {
    write("host.json", '{ "version": "2.0", "extensions": { "http": { "routePrefix": "api" } } }')
    const { hostJson } = read({
      AzureFunctionsJobHost__extensions__Http__routePrefix: "v1",
      AzureFunctionsJobHost__functions__0: "one",
      AzureFunctionsJobHost__functions__1: "two",
      AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: "7",
      AzureFunctionsJobHost__healthMonitor__enabled: "False",
    })
    expect(hostJson.extensions.http).toEqual({ routePrefix: "v1" })
    expect(hostJson.functions).toEqual(["one", "two"])
    expect(hostJson.extensions.durableTask).toEqual({ maxConcurrentActivityFunctions: 7 })
    expect(hostJson.healthMonitor).toEqual({ enabled: false })
  })

  it("gives time spans in milliseconds", () => {
    expect(timeSpan("00:05:00", "x")).toBe(300_000)
    expect(timeSpan("1.02:03:04.5", "x")).toBe(93_784_500)
    expect(timeSpan("-1", "x")).toBeUndefined()
    expect(() => timeSpan("5 minutes", "functionTimeout")).toThrow('"functionTimeout" must be a time span')
  })
})
