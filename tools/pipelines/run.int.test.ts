import { existsSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { whyMissing } from "../kubernetes/programs.ts"
import { runCommand } from "./run.ts"

// The pipeline's own test command would run this file too: these runs test one small folder.
const testCommand =
  "npm test -- --project unit packages/domain/src/catalog --coverage.include='packages/domain/src/catalog/**' --coverage.exclude='**/*.test.ts'"
const noZip =
  whyMissing({ name: "zip", install: "on Debian: apt-get install zip" }, ["-v"]) ??
  whyMissing({ name: "unzip", install: "on Debian: apt-get install unzip" }, ["-v"])
const quick = [
  "--set",
  "hosting=aks",
  "--link-modules",
  "--skip",
  "lint",
  "--set",
  `testCommand=${testCommand}`,
]

// The scripts are written for agents with Linux.
describe.skipIf(process.platform !== "linux")("the local run of a pipeline", () => {
  it("runs the scripts of the expanded profile in order and names what it skips", async () => {
    const lines: string[] = []
    const outcomes = await runCommand(["catalog", ...quick], (line) => lines.push(line))
    const of = (result: string) => outcomes.filter((outcome) => outcome.result === result)
    expect(of("failed")).toEqual([])
    expect(of("passed").map(({ step }) => step)).toEqual([
      "Name the build by version and commit",
      "Build",
      "List the components (SBOM)",
      "Test",
      "Coverage threshold",
    ])
    expect(outcomes.filter(({ stage }) => stage === "build").map(({ step, note }) => [step, note])).toEqual(
      expect.arrayContaining([
        ["Restore", "installed already (--link-modules)"],
        ["Lint", "not wanted (--skip)"],
        ["Build the image", "needs Docker"],
        ["Scan the image", "needs Trivy"],
        ["Push the image", "needs Azure"],
      ]),
    )
    expect([...new Set(outcomes.map(({ stage }) => stage))]).toEqual(["build", "dev"])
    const folder = /^catalog in (.*)$/.exec(lines[0] as string)?.[1] as string
    expect(existsSync(folder)).toBe(false)
  })

  it("leaves out with a step what reads its output", async () => {
    const args = ["--link-modules", "--skip", "bundle,lint,test", "--set", "hosting=flex"]
    const outcomes = await runCommand(["catalog", ...args], () => {})
    expect(outcomes.filter(({ result }) => result === "failed")).toEqual([])
    const left = ["List the components (SBOM)", "Coverage threshold", "Zip the bundle"]
    expect(
      outcomes.filter(({ step }) => left.includes(step)).map(({ result, note }) => [result, note]),
    ).toEqual([
      ["skipped", 'reads what "bundle" writes (--skip)'],
      ["skipped", 'reads what "test" writes (--skip)'],
      ["skipped", 'reads what "bundle" writes (--skip)'],
    ])
  })

  it("stops at the first step that fails", async () => {
    const args = ["--link-modules", "--skip", "lint,bundle", "--set", "testCommand=false"]
    const outcomes = await runCommand(["catalog", ...args, "--reason", "PullRequest"], () => {})
    const failed = outcomes.filter(({ result }) => result === "failed")
    expect(failed.map(({ step, note }) => [step, note])).toEqual([["Test", "exit code 1"]])
    expect(outcomes.find(({ step }) => step === "Coverage threshold")?.note).toBe("a step before it failed")
    // A pull request rolls out nothing.
    expect([...new Set(outcomes.map(({ stage }) => stage))]).toEqual(["build"])
  })

  it.skipIf(noZip)(
    `packs the zip file for Flex Consumption where the apps are hosted there ${noZip ?? ""}`,
    async () => {
      const args = ["--link-modules", "--skip", "sbom,lint,test", "--set", "hosting=flex"]
      const outcomes = await runCommand(["discount", ...args], () => {})
      expect(outcomes.find(({ step }) => step === "Zip the bundle")?.result).toBe("passed")
      expect(
        outcomes.filter(({ step }) => step === "Deploy").map(({ stage, note }) => [stage, note]),
      ).toEqual([
        ["dev", "needs Azure"],
        ["staging", "needs Azure"],
        ["production", "needs Azure"],
      ])
    },
  )

  it.each([
    [["nobody"], "usage: npm run pipeline -- <basket|catalog|discount|ordering> [options]"],
    [["catalog", "--set", "nothing"], 'needs name=value, not "nothing"'],
    [["catalog", "--set", "unknown=1"], 'has no parameter "unknown"'],
    [["catalog", "--set", "buildCommand=x"], '"buildCommand" is there twice'],
    [["catalog", "--set", "hosting=vm"], 'parameter "hosting" must be one of aks, flex, not "vm"'],
  ])("refuses %j", async (args, message) => {
    await expect(runCommand(args, () => {})).rejects.toThrow(message)
  })
})
