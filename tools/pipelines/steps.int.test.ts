// What the scripts of .azure-pipelines/steps really do. They are written for agents with Linux.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { runStepOf } from "./testing/script.ts"
import { trivyIgnoreFile } from "./trivy-ignore.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "eshop-steps-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.platform !== "linux")("the image tag", () => {
  it.each([
    ["0.1.0", "main", "0.1.1-main.42.g1a2b3c4"],
    ["1.2.9-rc.1", "feature/x_y", "1.2.10-feature-x-y.42.g1a2b3c4"],
  ])("after %s on %s is %s", async (version, branch, expected) => {
    const { code, variables } = await runStepOf(
      ".azure-pipelines/steps/image-tag.yaml",
      "version",
      { version: `echo ${version}` },
      {
        cwd: folder,
        variables: {
          "Build.SourceBranchName": branch,
          "Build.BuildId": "42",
          "Build.SourceVersion": "1a2b3c4d5e6f",
        },
      },
    )
    expect(code).toBe(0)
    expect(variables.get("version.imageTag")).toBe(expected)
  })

  it("is none when the version cannot be read", async () => {
    const variables = { "Build.SourceBranchName": "main", "Build.BuildId": "1", "Build.SourceVersion": "abc" }
    const file = ".azure-pipelines/steps/image-tag.yaml"
    const run = await runStepOf(file, "version", { version: "exit 3" }, { cwd: folder, variables })
    expect(run.code).toBe(3)
    expect(run.variables.get("version.imageTag")).toBeUndefined()
  })
})

describe.skipIf(process.platform !== "linux")("the coverage threshold", () => {
  const check = (codeCoverageThreshold: number) =>
    runStepOf(
      ".azure-pipelines/steps/publish-tests.yaml",
      "coverage",
      { codeCoverageThreshold },
      { cwd: folder, variables: { "Agent.TempDirectory": folder } },
    )
  function report(name: string, covered: number, valid: number): void {
    mkdirSync(join(folder, "tests", name), { recursive: true })
    writeFileSync(
      join(folder, "tests", name, "cobertura-coverage.xml"),
      `<?xml version="1.0"?>\n<coverage lines-valid="${valid}" lines-covered="${covered}" line-rate="0.5" branches-covered="1">\n<packages/></coverage>\n`,
    )
  }

  it("weighs the projects by their lines", async () => {
    report("one", 90, 100)
    report("two", 0, 20)
    const { code, output } = await check(75)
    expect({ code, output }).toEqual({ code: 0, output: "Covered lines: 90 of 120 (75.0 %), threshold 75 %" })
  })

  it("fails the build below it", async () => {
    report("one", 74, 100)
    const { code, output } = await check(75)
    expect(code).toBe(1)
    expect(output).toContain("error: Coverage 74.0 % is below 75 %")
  })

  it("fails the build without a report, or with an empty one", async () => {
    mkdirSync(join(folder, "tests"))
    expect((await check(1)).code).toBe(1)
    report("empty", 0, 0)
    expect((await check(1)).code).toBe(1)
  })
})

describe.skipIf(process.platform !== "linux")("the GitOps update", () => {
  const values = "infra/gitops/apps/overlays/dev/catalog/values.yaml"
  const before = '# Flux writes here.\nimage:\n  tag: 0.1.0 # {"$imagepolicy": "flux-system:catalog:tag"}\n'
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim()
  let server: string
  let agent: string

  beforeEach(() => {
    server = join(folder, "server.git")
    agent = join(folder, "agent")
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", server)
    git(folder, "clone", "--quiet", server, "seed")
    const seed = join(folder, "seed")
    mkdirSync(join(seed, values, ".."), { recursive: true })
    writeFileSync(join(seed, values), before)
    git(seed, "add", ".")
    git(seed, "commit", "--quiet", "-m", "Begin")
    git(seed, "push", "--quiet", "origin", "HEAD:main")
    git(folder, "clone", "--quiet", "--depth=1", `file://${server}`, agent)
  })

  const update = (imageTag: string, rollout = "commit", cwd = agent) =>
    runStepOf(
      ".azure-pipelines/steps/gitops-update.yaml",
      "gitops",
      {
        application: "catalog",
        overlay: "dev",
        overlays: "infra/gitops/apps/overlays",
        imageTag,
        rollout,
        branch: "main",
      },
      { cwd },
    )
  const shown = (ref: string) => `${git(server, "show", `${ref}:${values}`)}\n`
  const commits = (ref: string) => Number(git(server, "rev-list", "--count", ref))

  it("commits the tag, keeps what stands behind it, and does nothing the second time", async () => {
    const first = await update("0.1.1-main.42.g1a2b3c4")
    expect([first.code, first.variables.get("changed")]).toEqual([0, "true"])
    expect(shown("main")).toBe(before.replace("0.1.0", "0.1.1-main.42.g1a2b3c4"))
    expect(git(server, "log", "-1", "--format=%B", "main")).toBe(
      "Roll out catalog 0.1.1-main.42.g1a2b3c4 to dev",
    )
    const second = await update("0.1.1-main.42.g1a2b3c4")
    expect([second.code, second.variables.get("changed")]).toEqual([0, "false"])
    expect(commits("main")).toBe(2)
  })

  it("comes after whoever was quicker, and overwrites nothing of theirs", async () => {
    // Somebody pushes between this agent's fetch and its push: once, from a hook of the server.
    const hook = join(server, "hooks/update")
    writeFileSync(
      hook,
      `#!/bin/sh
[ -f "${folder}/done" ] && exit 0
touch "${folder}/done"
tree=$(git rev-parse main^{tree})
git update-ref refs/heads/main $(echo Other | git -c user.name=o -c user.email=o@o commit-tree $tree -p main)
exit 1
`,
      { mode: 0o755 },
    )
    const { code, output } = await update("0.2.0")
    expect(code).toBe(0)
    expect(output).toContain("Attempt 1: main has moved, once more")
    expect(git(server, "log", "--format=%s", "main").split("\n")).toEqual([
      "Roll out catalog 0.2.0 to dev",
      "Other",
      "Begin",
    ])
  })

  it("puts a pull request on a branch of its own, and a newer tag onto the same branch", async () => {
    expect((await update("0.2.0", "pull-request")).code).toBe(0)
    expect((await update("0.3.0", "pull-request")).code).toBe(0)
    expect(shown("main")).toBe(before)
    expect(shown("rollout/dev/catalog")).toBe(before.replace("0.1.0", "0.3.0"))
    expect(commits("rollout/dev/catalog")).toBe(2)
  })

  it("changes nothing when the overlay has no tag", async () => {
    const other = join(folder, "other")
    git(folder, "clone", "--quiet", server, other)
    writeFileSync(join(other, values), "image: {}\n")
    git(other, "commit", "--quiet", "-am", "Break")
    git(other, "push", "--quiet", "origin", "HEAD:main")
    const { code, output } = await update("0.2.0")
    expect(code).toBe(1)
    expect(output).toContain("must have one line 'tag:'")
    expect(commits("main")).toBe(2)
  })
})

describe.skipIf(process.platform !== "linux")("the copy between registries", () => {
  /** A stand-in for `az acr import` over folders, with the answers of the service; the last path segment names a registry. */
  const az = `az() {
  local -A given
  shift 2
  while [ $# -gt 0 ]; do given[$1]=$2; shift 2; done
  from="${"$"}{given[--registry]##*/}/${"$"}{given[--source]}" to="${"$"}{given[--name]}/${"$"}{given[--image]}"
  if [ ! -f "$from" ]; then echo "ERROR: (InvalidParameters) manifest unknown" >&2; return 1; fi
  if [ -f "$to" ]; then echo "ERROR: (Conflict) Tag ${"$"}{given[--image]} already exists in target registry." >&2; return 1; fi
  mkdir -p "$(dirname "$to")"
  cp "$from" "$to"
}
`
  const copy = (image = "eshop/catalog:0.2.0") =>
    runStepOf(
      ".azure-pipelines/steps/import-acr.yaml",
      "import",
      { serviceConnection: "eshop-staging", source: "/registries/crdev", target: "/registries/crstg", image },
      { cwd: folder, before: az },
    )
  const file = (registry: string) => join(folder, registry, "eshop/catalog:0.2.0")

  it("brings a tag once, and never moves it", async () => {
    mkdirSync(join(file("crdev"), ".."), { recursive: true })
    writeFileSync(file("crdev"), "first")
    expect((await copy()).code).toBe(0)
    expect(readFileSync(file("crstg"), "utf8")).toBe("first")
    writeFileSync(file("crdev"), "second")
    const again = await copy()
    expect([again.code, again.output]).toEqual([0, "eshop/catalog:0.2.0 is already in crstg"])
    expect(readFileSync(file("crstg"), "utf8")).toBe("first")
  })

  it("fails for what is not there, with the reason", async () => {
    const { code, output } = await copy()
    expect(code).toBe(1)
    expect(output).toContain("manifest unknown")
    expect(output).toContain("error: eshop/catalog:0.2.0 could not be copied from crdev to crstg")
  })
})

describe.skipIf(process.platform !== "linux")("the wait for health", () => {
  const overlay = (name: string, tag: string) => {
    const values = join(folder, "overlays", name, "catalog/values.yaml")
    mkdirSync(join(values, ".."), { recursive: true })
    writeFileSync(values, `image:\n  tag: ${tag}\n`)
  }
  const deployment = (app: string, tag: string, status = {}, replicas = 2) => ({
    metadata: { generation: 3 },
    spec: {
      replicas,
      template: {
        metadata: { labels: { "app.kubernetes.io/instance": app } },
        spec: { containers: [{ image: `cr.azurecr.io/eshop/${app}:${tag}` }] },
      },
    },
    status: { observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2, ...status },
  })
  const asleep = { updatedReplicas: undefined, availableReplicas: undefined }
  /** Each call of the cluster gets the next answer, the last one again and again. */
  async function wait(...answers: object[][]) {
    for (const [index, items] of answers.entries())
      writeFileSync(join(folder, `answer-${index}.json`), JSON.stringify({ items }))
    const before = `az() {
  if [ "$2" = list ]; then echo aks-eshop-staging; return; fi
  call=$(cat calls 2>/dev/null || echo 0)
  echo $((call + 1)) > calls
  cat "answer-$((call < ${answers.length} ? call : ${answers.length - 1})).json"
}
sleep() { :; }
`
    const parameters = {
      application: "catalog",
      overlays: "overlays",
      overlay: "staging",
      next: "production",
      serviceConnection: "eshop-staging",
      resourceGroup: "rg-eshop-staging",
    }
    const file = ".azure-pipelines/steps/healthy.yaml"
    const { code, output, variables } = await runStepOf(file, "healthy", parameters, { cwd: folder, before })
    return { code, tag: variables.get("healthy.imageTag"), last: output.split("\n").at(-1) }
  }

  it("names the tag once every replica of every Deployment has it", async () => {
    overlay("staging", "0.2.0")
    overlay("production", "0.1.0")
    const others = [deployment("basket", "0.1.0")]
    const healthy = [deployment("catalog", "0.2.0"), deployment("catalog", "0.2.0", asleep, 0)]
    expect(
      await wait(
        others,
        [deployment("catalog", "0.1.0"), ...others],
        [deployment("catalog", "0.2.0"), deployment("catalog", "0.1.0")],
        [deployment("catalog", "0.2.0", { observedGeneration: 2 })],
        [deployment("catalog", "0.2.0", { updatedReplicas: 1 })],
        [deployment("catalog", "0.2.0", { availableReplicas: 1 })],
        [...healthy, ...others],
      ),
    ).toEqual({ code: 0, tag: "0.2.0", last: "staging runs catalog 0.2.0" })
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe("7\n")
  })

  it("promotes nothing that does not become healthy, or is there already", async () => {
    overlay("staging", "0.2.0")
    overlay("production", "0.1.0")
    expect(await wait([deployment("catalog", "0.2.0", { availableReplicas: 0 })])).toEqual({
      code: 1,
      tag: undefined,
      last: "error: staging does not become healthy with catalog 0.2.0: it is not promoted",
    })
    overlay("production", "0.2.0")
    expect(await wait([])).toEqual({ code: 0, tag: undefined, last: "production has 0.2.0 already" })
  })
})

describe.skipIf(process.platform !== "linux")("the scan of an image", () => {
  it("leaves out what the ignore file names, where there is one", async () => {
    const scan = async () => {
      const parameters = {
        imageName: "eshop/catalog",
        imageTag: "0.2.0",
        trivySeverity: "HIGH",
        trivyExitCode: 1,
        trivyIgnoreUnfixed: true,
        trivyTimeout: "10m",
      }
      const before = 'trivy() { echo "$*"; }\n'
      const file = ".azure-pipelines/steps/trivy-image.yaml"
      return (await runStepOf(file, "scan", parameters, { cwd: folder, before })).output
    }
    const options =
      "--scanners vuln,secret --severity HIGH --exit-code 1 --ignore-unfixed=true --timeout 10m eshop/catalog:0.2.0"
    expect(await scan()).toBe(`image ${options}`)
    mkdirSync(join(folder, "infra/containers"), { recursive: true })
    writeFileSync(join(folder, trivyIgnoreFile), "vulnerabilities: []\n")
    expect(await scan()).toBe(`image --ignorefile ${trivyIgnoreFile} ${options}`)
  })
})
