// What stands in for `az`, `docker` and `trivy` while a rollout is rehearsed: folders for registries, the git
// server's main for what a cluster runs, and the rights that Terraform's plans give. It answers as far as the pipelines ask.
import { execFileSync } from "node:child_process"
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { importRole } from "../terraform/azure-facts.ts"

/** Which service connection has which roles. */
type Rights = Record<string, string[]>

/** What the stand-ins know, as a JSON file beside the registries' folders. */
export interface Cloud {
  /** Folder of the bare repository that Flux and the pipelines share. */
  git: string
  /** By name: who may do what, and whether it takes part in imports although it is private. */
  registries: Record<string, { rights: Rights; admitsRegistries: boolean }>
  /** By resource group: what `kubectl` there would see, and who may ask by the run command. */
  clusters: Record<
    string,
    { name: string; overlay: string; registry: string; rights: Rights; runCommand: boolean }
  >
}

/** A stand-in's refusal, in the service's words. */
class Refusal extends Error {}

const folder = process.env.REHEARSAL ?? ""
const connection = process.env.AZURE_CONNECTION ?? ""
const imageIn = (registry: string, image: string) => join(folder, "registries", registry, image)
const localImage = (image: string) => join(folder, "images", image)

function mayNot(what: string, rights: Rights | undefined, roles: readonly string[]): void {
  if (roles.some((role) => rights?.[connection]?.includes(role))) return
  throw new Refusal(`(AuthorizationFailed) ${connection} does not have authorization to ${what}`)
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** `--name value` pairs of a command line. */
function optionsOf(args: string[]): Record<string, string> {
  const pairs = args.flatMap((arg, index) =>
    arg.startsWith("--") ? [[arg.slice(2), args[index + 1] ?? ""]] : [],
  )
  return Object.fromEntries(pairs)
}

function importImage({ registries }: Cloud, { name = "", registry = "", source = "", image = "" }): void {
  const from = registry.split("/").at(-1) ?? ""
  for (const each of [from, name]) {
    mayNot(`import from or into ${each}`, registries[each]?.rights, [importRole])
    if (!registries[each]?.admitsRegistries)
      throw new Refusal(`${each} denied access: it admits no trusted services`)
  }
  if (!existsSync(imageIn(from, source))) throw new Refusal(`(InvalidParameters) manifest unknown: ${source}`)
  if (existsSync(imageIn(name, image)))
    throw new Refusal(`(Conflict) Tag ${image} already exists in target registry.`)
  cpSync(imageIn(from, source), imageIn(name, image), { recursive: true })
}

/** The Deployment of each app as Flux and the kubelet would have made it: a tag that the registry lacks never becomes ready. */
function deployments({ git, clusters }: Cloud, group: string): string {
  const cluster = clusters[group]
  if (!cluster?.runCommand)
    throw new Refusal("(KubernetesRunCommandDisabled) the run command is switched off")
  mayNot("read Deployments", cluster.rights, ["Azure Kubernetes Service RBAC Reader"])
  const ask = (...args: string[]) => execFileSync("git", ["--git-dir", git, ...args], { encoding: "utf8" })
  const show = (path: string) => ask("show", `main:${path}`)
  const overlay = `infra/gitops/apps/overlays/${cluster.overlay}/`
  const repository = /^ {2}repository: \$\{registry\}\/(.*)$/m.exec(
    show("infra/gitops/apps/base/app/values.yaml"),
  )
  const items = ask("ls-tree", "--name-only", `main:${overlay}`)
    .trimEnd()
    .split("\n")
    .map((app) => {
      const tag = /^ {2}tag: ([^ #\n]+)/m.exec(show(`${overlay}${app}/values.yaml`))?.[1]
      const image = `${repository?.[1]?.replace(`\${app}`, app)}:${tag}`
      const there = existsSync(imageIn(cluster.registry, image))
      return {
        metadata: { generation: 1 },
        spec: {
          replicas: 2,
          template: {
            metadata: { labels: { "app.kubernetes.io/instance": app } },
            spec: { containers: [{ image: `${cluster.registry}.azurecr.io/${image}` }] },
          },
        },
        status: { observedGeneration: 1, updatedReplicas: 2, availableReplicas: there ? 2 : 0 },
      }
    })
  return JSON.stringify({ items })
}

function az(cloud: Cloud, args: string[]): string {
  const options = optionsOf(args)
  const group = options["resource-group"] ?? ""
  switch (args.slice(0, 2).join(" ")) {
    case "acr login":
      mayNot(`log in to ${options.name}`, cloud.registries[options.name ?? ""]?.rights, [
        "AcrPush",
        "AcrPull",
      ])
      return "Login Succeeded"
    case "acr import":
      importImage(cloud, options)
      return ""
    case "aks list":
      return cloud.clusters[group]?.name ?? ""
    case "aks command":
      return deployments(cloud, group)
    default:
      throw new Refusal(`az ${args.join(" ")}: this rehearsal does not know it`)
  }
}

function docker({ registries }: Cloud, args: string[]): string {
  const [registry = "", ...rest] = (args.at(-1) ?? "").split("/")
  const name = registry.replace(".azurecr.io", "")
  const image = rest.join("/")
  switch (args[0]) {
    case "build": {
      const { file = "", tag = "" } = optionsOf(args)
      write(localImage(tag), readFileSync(file, "utf8"))
      return `built ${tag}`
    }
    case "tag":
      cpSync(localImage(args[1] ?? ""), localImage(args[2] ?? ""))
      return ""
    case "manifest":
      if (!existsSync(imageIn(name, image))) throw new Refusal("no such manifest")
      return "{}"
    case "push":
      mayNot(`push to ${name}`, registries[name]?.rights, ["AcrPush"])
      write(imageIn(name, image), readFileSync(localImage(args[1] ?? ""), "utf8"))
      return `pushed ${args[1]}`
    case "image":
      return args.at(-1) ?? ""
    default:
      throw new Refusal(`docker ${args.join(" ")}: this rehearsal does not know it`)
  }
}

function trivy(args: string[]): string {
  const image = args.at(-1) ?? ""
  if (!existsSync(localImage(image))) throw new Refusal(`unable to find the image ${image}`)
  return `scanned ${image}`
}

if (import.meta.main) {
  const [program, ...args] = process.argv.slice(2)
  const cloud = JSON.parse(readFileSync(join(folder, "cloud.json"), "utf8")) as Cloud
  appendFileSync(join(folder, "calls"), `${connection} ${program} ${args.slice(0, 2).join(" ")}\n`)
  try {
    console.log(program === "az" ? az(cloud, args) : program === "docker" ? docker(cloud, args) : trivy(args))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(`ERROR: ${error.message}`)
    process.exitCode = 1
  }
}
