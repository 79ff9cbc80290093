// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Docker's variables are written so
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apps } from "../../tools/apps.ts"
import { bundle } from "../../tools/bundle.ts"
import { settingsProblems } from "../../tools/settings.ts"
import { forEmulator, secondsOf } from "./emulator-config.ts"
import { composeProblems, dockerfileProblems, parseDockerfile, readCompose } from "./lint.ts"

const repository = fileURLToPath(new URL("../../", import.meta.url))
const folder = fileURLToPath(new URL("./", import.meta.url))
const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8")

describe("the Dockerfile", () => {
  it("keeps the rules", () => {
    expect(dockerfileProblems(dockerfile)).toEqual([])
  })

  it("is one template for Microsoft's image: the app's bundle and nothing else", () => {
    const instructions = parseDockerfile(dockerfile)
    const values = (name: string) =>
      instructions.filter((instruction) => instruction.name === name).map(({ value }) => value)
    expect(values("FROM")).toEqual(["mcr.microsoft.com/azure-functions/node:4-node24"])
    expect(values("COPY")).toEqual(["--chown=10001:10001 --chmod=0555 dist/${APP}/ /home/site/wwwroot/"])
    expect(values("RUN")).toEqual([])
    expect(values("USER")).toEqual(["10001:10001"])
    expect(values("ENV")[0]).toContain("ASPNETCORE_URLS=http://+:8080")
    expect(readFileSync(join(folder, "Dockerfile.dockerignore"), "utf8").split("\n")).toEqual([
      "*",
      "!dist",
      "dist/**/*.map",
      "",
    ])
  })

  it("would be refused with the line of the mistake", () => {
    expect(dockerfileProblems(`FROM a:1\n# comment\nLABEL x=1 \\\n  y=2\nADD z /z\n${dockerfile}`)).toEqual([
      "line 5: ADD fetches and unpacks: use COPY",
    ])
  })

  const mistakes: [string, string, string, string[]][] = [
    [
      "root",
      "USER 10001:10001",
      "USER root",
      ["USER must be numeric and not root, or runAsNonRoot cannot be verified"],
    ],
    ["no user", "USER 10001:10001\n", "", ["no USER: the container would run as root"]],
    [
      "a floating tag",
      "node:4-node24\n\nARG",
      "node:latest\n\nARG",
      ["image mcr.microsoft.com/azure-functions/node:latest floats"],
    ],
    [
      "no tag",
      "azure-functions/node:4-node24\n\nARG",
      "azure-functions/node\n\nARG",
      ["image mcr.microsoft.com/azure-functions/node has no tag"],
    ],
    ["no health check", "HEALTHCHECK", "LABEL", ["no HEALTHCHECK"]],
    ["files of root", "--chown=10001:10001 ", "", ["COPY without numeric --chown"]],
    ["the whole context", "dist/${APP}/ /home", "./ /home", ["COPY of the whole context"]],
    ["ADD", "COPY --chown", "ADD --chown", ["ADD fetches and unpacks: use COPY"]],
    ["a privileged port", "EXPOSE 8080", "EXPOSE 80", ["port 80 needs root"]],
    ["a secret", "HOME=/tmp", "DB_PASSWORD=x", ["a secret in an image"]],
    ["no SBOM", "com.eshop.sbom", "com.eshop.parts", ["no label that names the SBOM"]],
    ["a misspelt instruction", "EXPOSE 8080", "EXPOSED 8080", ["unknown instruction EXPOSED"]],
    [
      "no version",
      "org.opencontainers.image.version",
      "org.example.version",
      ["no label org.opencontainers.image.version"],
    ],
  ]
  it.each(mistakes)("would be refused with %s", (_, before, after, problems) => {
    expect(dockerfile).toContain(before)
    const found = dockerfileProblems(dockerfile.replaceAll(before, after))
    expect(found.map((problem) => problem.replace(/^line \d+: /, ""))).toEqual(problems)
  })
})

describe("the compose file", () => {
  const compose = readCompose(join(folder, "docker-compose.yaml"))

  it("is sound", () => {
    expect(composeProblems(compose, folder)).toEqual([])
    expect(Object.keys(compose.services).filter((name) => compose.services[name]?.build)).toEqual([...apps])
  })

  it.each([...apps])("gives %s settings that it takes", async (app) => {
    expect(await settingsProblems(app, compose.services[app]?.environment ?? {})).toEqual([])
  })

  it("would be refused with a port open to the network, or a reference that leads nowhere", () => {
    const broken = structuredClone(compose)
    Object.assign(broken.services.redis ?? {}, {
      image: "redis:latest",
      ports: ["6379:6379"],
      volumes: ["cache:/data", "./nothing:/x"],
      network_mode: "service:nobody",
      depends_on: { nobody: { condition: "service_started" }, payments: { condition: "service_healthy" } },
    })
    expect(composeProblems(broken, folder)).toEqual([
      "redis: image redis:latest floats",
      "redis: network of nobody, which does not exist",
      "redis: ports belong to nobody, whose network it shares",
      "redis: port 6379:6379 is open to the network",
      "redis: depends on nobody, which does not exist",
      "redis: waits for payments to be healthy, which has no healthcheck",
      "redis: volume cache does not exist",
      "redis: volume ./nothing does not exist",
    ])
  })
})

describe("the emulator's configuration", () => {
  const entities = JSON.parse(readFileSync(join(repository, "infra/service-bus/entities.json"), "utf8"))

  it("holds the same entities within the emulator's limits", () => {
    const [before] = entities.UserConfig.Namespaces
    const [after] = forEmulator(entities).UserConfig.Namespaces
    expect(after?.Name).toBe("sbemulatorns")
    expect(after?.Topics.length).toBe(before.Topics.length)
    for (const [index, topic] of (after?.Topics ?? []).entries()) {
      expect(topic.Properties).toEqual({
        ...before.Topics[index].Properties,
        DefaultMessageTimeToLive: "PT1H",
        DuplicateDetectionHistoryTimeWindow: "PT5M",
      })
      expect(topic.Subscriptions).toEqual(before.Topics[index].Subscriptions)
    }
  })

  it("reads ISO 8601 durations and refuses what it cannot compare", () => {
    expect(["P14D", "PT1H", "PT5M", "PT20S", "P1DT2H3M4S"].map(secondsOf)).toEqual([
      1_209_600, 3_600, 300, 20, 93_784,
    ])
    expect(() => secondsOf("P1M")).toThrow("P1M is no duration of days, hours, minutes and seconds")
  })
})

describe("the migration program", () => {
  let out: string
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), "migrate-"))
    await bundle(join(folder, "migrate.ts"), join(out, "migrate.cjs"))
    writeFileSync(join(out, "package.json"), "{}")
  })
  afterAll(() => rmSync(out, { recursive: true }))

  const migrate = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(out, "migrate.cjs"), ...args], { env, encoding: "utf8" })

  it("fails with what it lacks, so that the pod does not start", () => {
    expect(migrate([])).toMatchObject({
      status: 1,
      stderr: "usage: node migrate.cjs <app setting> [folder]\n",
    })
    expect(migrate(["A_DB"])).toMatchObject({ status: 1, stderr: "app setting A_DB is not set\n" })
    const { status, stderr } = migrate(["A_DB"], { A_DB: "postgres://localhost:1/x" })
    expect(status).toBe(1)
    expect(stderr).toContain(
      `ENOENT: no such file or directory, scandir '${join(out, "migrations/postgres")}'`,
    )
  })
})
