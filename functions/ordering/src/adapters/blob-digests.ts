import { createHash } from "node:crypto"
import type { ContainerClient } from "@azure/storage-blob"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { azureCredential } from "@eshop/building-blocks/identity/azure-credential"
import { clientCall } from "@eshop/building-blocks/telemetry/client-call"
import { httpCall } from "@eshop/building-blocks/telemetry/http-call"
import type { Digest, Digests, HeadLine } from "../evidence/ports.ts"

/** A container: its address with the app's identity, or a connection string with its name. */
export type BlobContainer =
  | { readonly url: string }
  | { readonly connectionString: string; readonly name: string }

const retryOptions = { maxTries: 3, tryTimeoutInMs: 10_000 }

const nameOf = (day: string): string => `${day}.jsonl`

/** A line that says what the digest is, then a line per order. */
const textOf = ({ day, previous, heads }: Digest): string =>
  [{ day, ...(previous !== undefined && { previous }) }, ...heads]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("")

const statusOf = (error: unknown): unknown => (error as { statusCode?: unknown } | null)?.statusCode

/** The library is loaded at the first use. */
function connect(to: BlobContainer): () => Promise<ContainerClient> {
  async function load(): Promise<ContainerClient> {
    const { ContainerClient } = await import("@azure/storage-blob")
    return "url" in to
      ? new ContainerClient(to.url, azureCredential(), { retryOptions })
      : new ContainerClient(to.connectionString, to.name, { retryOptions })
  }
  let loaded: Promise<ContainerClient> | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}

/** Digests as blobs, one a day. That they stay as they are is the container's policy: see docs/operations. */
export function blobDigests(to: BlobContainer): Digests {
  const connected = connect(to)

  /** @throws DependencyUnavailableError when storage does not answer, or answers that it cannot */
  async function reach<T>(
    method: "GET" | "PUT",
    template: string,
    work: (container: ContainerClient) => Promise<T>,
  ): Promise<T> {
    try {
      const container = await connected()
      return await clientCall(
        () => httpCall("digests", container.url, { method, template }),
        () => work(container),
      )
    } catch (error) {
      const status = statusOf(error)
      if (typeof status === "number" && status < 500) throw error
      throw new DependencyUnavailableError("digests", error)
    }
  }

  return {
    add: (digest) =>
      reach("PUT", "/{day}.jsonl", async (container) => {
        const text = textOf(digest)
        const blob = container.getBlockBlobClient(nameOf(digest.day))
        try {
          await blob.upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: "*" } })
          return true
        } catch (error) {
          if (statusOf(error) === 409) return false
          throw error
        }
      }),

    find: (day) =>
      reach("GET", "/{day}.jsonl", async (container) => {
        try {
          const bytes = await container.getBlobClient(nameOf(day)).downloadToBuffer()
          const lines = bytes.toString().trimEnd().split("\n")
          const [head, ...heads] = lines.map((line) => JSON.parse(line))
          const sha256 = createHash("sha256").update(bytes).digest("hex")
          return { ...(head as Omit<Digest, "heads">), heads: heads as HeadLine[], sha256 }
        } catch (error) {
          if (statusOf(error) === 404) return undefined
          throw error
        }
      }),

    days: () =>
      reach("GET", "/", async (container) => {
        const days: string[] = []
        for await (const { name } of container.listBlobsFlat()) days.push(name.slice(0, "2026-11-26".length))
        return days.sort()
      }),
  }
}
