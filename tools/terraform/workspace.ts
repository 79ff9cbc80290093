import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type OfflineProvider, startOfflineProvider } from "./offline-provider.ts"

const infra = join(import.meta.dirname, "../../infra")

export type TerraformRun = { ok: boolean; output: string }

/** A temporary copy of infra/terraform in which Terraform runs: nothing is written into the repository. */
export type Workspace = {
  /** Folder of the copied infra/terraform. */
  dir: string
  /** Runs terraform in `folder` (relative to `dir`) and answers whether it ended well and what it printed. */
  terraform: (folder: string, ...args: string[]) => Promise<TerraformRun>
  close: () => void
}

/** Whether a terraform binary answers, and which version. */
export function terraformVersion(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("terraform", ["version", "-json"], { env: environment({}) }, (error, stdout) => {
      resolve(error ? undefined : (JSON.parse(stdout) as { terraform_version: string }).terraform_version)
    })
  })
}

/** The caller's environment without what would make a run depend on the machine. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("TF_VAR_") && !name.startsWith("TF_CLI") && name !== "TF_DATA_DIR",
  )
  // A plan's garbage is collected less often: half the processor's time, for some 200 MB.
  const collection = { GOGC: "400" }
  return {
    ...collection,
    ...Object.fromEntries(inherited),
    ...{ CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
    ...extra,
  }
}

/**
 * Copies infra/terraform and the files that it reads from its neighbours.
 * @param online take the real provider from the registry instead of the stand-in
 */
export async function openWorkspace({ online = false } = {}): Promise<Workspace> {
  const root = mkdtempSync(join(tmpdir(), "eshop-terraform-"))
  const copied = [
    "terraform",
    ...["gateway/gateway.json", "gateway/routes.json", "service-bus/entities.json"],
    ...["gateway/api-management.json", "gateway/application-gateway.json"],
    ...["gateway/storefront.json", "storefront"],
    ...["observability/azure-alerts.json", "observability/azure-workbook.json"],
  ]
  for (const path of copied) {
    cpSync(join(infra, path), join(root, path), {
      recursive: true,
      filter: (source) => !/[\\/]\.terraform([\\/]|$)|\.tfstate|\.terraform\.lock\.hcl$/.test(source),
    })
  }
  const dir = join(root, "terraform")
  // A plan needs a backend that is there; the remote one is configured when somebody really applies.
  writeFileSync(join(dir, "backend_override.tf"), 'terraform {\n  backend "local" {}\n}\n')
  const provider: OfflineProvider | undefined = online ? undefined : await startOfflineProvider()
  const env = environment(provider?.env ?? {})
  return {
    dir,
    terraform: (folder, ...args) =>
      new Promise((resolve) => {
        const options = { cwd: join(dir, folder), env, maxBuffer: 64 * 1024 * 1024 }
        execFile("terraform", args, options, (error, stdout, stderr) => {
          resolve({ ok: error === null, output: `${stdout}${stderr}` })
        })
      }),
    close: () => {
      provider?.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
