// Rules for the Dockerfile and the compose file. There is no container engine where this project is checked, so these
// stand in for hadolint and `docker compose config`, and for what reviewers look for.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"

export interface Instruction {
  name: string
  value: string
  line: number
}

/** The instructions of a Dockerfile, continued lines joined, comments left out. */
export function parseDockerfile(text: string): Instruction[] {
  const instructions: Instruction[] = []
  let open: Instruction | undefined
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim()
    if (line === "" || line.startsWith("#")) continue
    const continued = line.endsWith("\\")
    const content = continued ? line.slice(0, -1).trim() : line
    if (open) {
      open.value += ` ${content}`
    } else {
      const [name = "", ...rest] = content.split(/\s+/)
      open = { name: name.toUpperCase(), value: rest.join(" "), line: index + 1 }
      instructions.push(open)
    }
    if (!continued) open = undefined
  }
  return instructions
}

const known = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
)
const requiredLabels = ["title", "description", "version", "revision", "licenses"].map(
  (name) => `org.opencontainers.image.${name}`,
)

/** Why an image reference is no fixed one, or undefined. A digest always is. */
function floating(image: string): string | undefined {
  if (image.includes("@sha256:")) return undefined
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  if (!tag) return `image ${image} has no tag`
  return /latest/.test(tag) ? `image ${image} floats` : undefined
}

/** Problems of a Dockerfile, each with its line. */
export function dockerfileProblems(text: string): string[] {
  const instructions = parseDockerfile(text)
  const problems: string[] = []
  const complain = (line: number, problem: string) => problems.push(`line ${line}: ${problem}`)
  const of = (name: string) => instructions.filter((instruction) => instruction.name === name)

  for (const { name, value, line } of instructions) {
    if (!known.has(name)) complain(line, `unknown instruction ${name}`)
    if (name === "FROM") {
      const problem = floating(value.split(" ")[0] ?? "")
      if (problem) complain(line, problem)
    }
    if (name === "ADD") complain(line, "ADD fetches and unpacks: use COPY")
    if (name === "COPY" && !/--chown=\d+:\d+ /.test(value)) complain(line, "COPY without numeric --chown")
    if (name === "COPY" && /(^| )\.\/? /.test(value)) complain(line, "COPY of the whole context")
    if (name === "RUN" && /\bsudo\b/.test(value)) complain(line, "sudo in a build")
    if (/(PASSWORD|SECRET|TOKEN|_KEY)=\S/.test(value)) complain(line, "a secret in an image")
    if (["CMD", "ENTRYPOINT"].includes(name) && !value.startsWith("["))
      complain(line, `${name} in shell form`)
  }
  const last = instructions.at(-1)?.line ?? 0
  const user = of("USER").at(-1)
  if (!user) complain(last, "no USER: the container would run as root")
  else if (!/^[1-9]\d*(:[1-9]\d*)?$/.test(user.value)) {
    complain(user.line, "USER must be numeric and not root, or runAsNonRoot cannot be verified")
  }
  if (of("HEALTHCHECK").length === 0) complain(last, "no HEALTHCHECK")
  for (const { value, line } of of("EXPOSE")) {
    if (Number(value) < 1025) complain(line, `port ${value} needs root`)
  }
  const labels = of("LABEL")
    .map(({ value }) => value)
    .join(" ")
  for (const label of requiredLabels) {
    if (!labels.includes(`${label}=`)) complain(last, `no label ${label}`)
  }
  if (!/\bsbom[\w.]*=/.test(labels)) complain(last, "no label that names the SBOM")
  return problems
}

interface Service {
  image?: string
  build?: { context: string; dockerfile: string; args?: Record<string, string> }
  network_mode?: string
  ports?: string[]
  volumes?: (string | { type: string; source: string })[]
  environment?: Record<string, string>
  healthcheck?: object
  depends_on?: Record<string, { condition: string }>
}

export interface Compose {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}

/** Reads a compose file with its anchors and merge keys. */
export function readCompose(file: string): Compose {
  return parse(readFileSync(file, "utf8"), { merge: true }) as Compose
}

/** Problems of a compose file: floating images, ports open to the network, references that lead nowhere. */
export function composeProblems(compose: Compose, folder: string): string[] {
  return Object.entries(compose.services).flatMap(([name, service]) => {
    const problems: string[] = []
    const image =
      service.image === undefined ? "no image" : service.build ? undefined : floating(service.image)
    if (image) problems.push(image)
    if (service.build && !existsSync(join(folder, service.build.context, service.build.dockerfile))) {
      problems.push(`${service.build.dockerfile} does not exist`)
    }
    const shared = /^service:(.*)$/.exec(service.network_mode ?? "")?.[1]
    if (shared && !compose.services[shared]) problems.push(`network of ${shared}, which does not exist`)
    if (shared && service.ports) problems.push(`ports belong to ${shared}, whose network it shares`)
    for (const port of service.ports ?? []) {
      if (!port.startsWith("127.0.0.1:")) problems.push(`port ${port} is open to the network`)
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const found = compose.services[other]
      if (!found) problems.push(`depends on ${other}, which does not exist`)
      if (found && condition === "service_healthy" && !found.healthcheck) {
        problems.push(`waits for ${other} to be healthy, which has no healthcheck`)
      }
    }
    for (const volume of service.volumes ?? []) {
      const source = typeof volume === "string" ? (volume.split(":")[0] ?? "") : volume.source
      const found = source.startsWith(".") ? existsSync(join(folder, source)) : source in compose.volumes
      if (!found) problems.push(`volume ${source} does not exist`)
    }
    return problems.map((problem) => `${name}: ${problem}`)
  })
}
