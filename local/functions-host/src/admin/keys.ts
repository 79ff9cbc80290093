/**
 * Access keys: master key, host keys, keys per function, system keys of extensions. Kept in the state folder, so
 * that a URL with a key stays valid over restarts.
 */
import { randomBytes, timingSafeEqual } from "node:crypto"
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

type KeyFile = {
  masterKey: string
  functionKeys: Record<string, string>
  systemKeys: Record<string, string>
  functions: Record<string, Record<string, string>>
}

export type Keys = {
  readonly all: Readonly<KeyFile>
  /** The keys of one function; made at the first call. */
  ofFunction(name: string): Record<string, string>
  /** The system key of an extension (`durabletask_extension`); made at the first call. */
  system(extension: string): string
  /** The access that a key gives. */
  level(key: string | undefined, functionName?: string): "admin" | "function" | "anonymous"
  /** Whether a key opens the webhooks of an extension. */
  opensWebhook(key: string | undefined, extension: string): boolean
}

/** Opens or creates the keys of a state folder. */
export function openKeys(stateDir: string): Keys {
  const file = join(stateDir, "keys.json")
  const all: KeyFile = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as KeyFile)
    : { masterKey: newKey(), functionKeys: { default: newKey() }, systemKeys: {}, functions: {} }
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify(all, null, 2), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  if (!existsSync(file)) save()

  const keys: Keys = {
    all,
    ofFunction(name) {
      const id = name.toLowerCase()
      if (!all.functions[id]) {
        all.functions[id] = { default: newKey() }
        save()
      }
      return all.functions[id]
    },
    system(extension) {
      const name = `${extension.toLowerCase()}_extension`
      if (!all.systemKeys[name]) {
        all.systemKeys[name] = newKey()
        save()
      }
      return all.systemKeys[name]
    },
    level(key, functionName) {
      if (key === undefined) return "anonymous"
      if (same(key, all.masterKey)) return "admin"
      const accepted = [
        ...Object.values(all.functionKeys),
        ...(functionName ? Object.values(keys.ofFunction(functionName)) : []),
      ]
      return accepted.some((candidate) => same(key, candidate)) ? "function" : "anonymous"
    },
    opensWebhook(key, extension) {
      return key !== undefined && (same(key, keys.system(extension)) || same(key, all.masterKey))
    },
  }
  return keys
}

/** A key in the form of the real host's: URL-safe, no padding. */
function newKey(): string {
  return randomBytes(40).toString("base64url")
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
