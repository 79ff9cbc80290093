import { createHmac } from "node:crypto"
import { TableClient } from "@azure/data-tables"
import type { StorageAccount } from "./azure-storage.ts"

const API_VERSION = "2025-01-05"
const SCOPE = "https://storage.azure.com/.default"

/**
 * A storage account by its connection string, or by its name with the identity of whoever runs this (`az login`, a
 * pipeline's service connection).
 */
export async function storageAccount(connection: string): Promise<StorageAccount> {
  return connection.includes("=") ? byConnectionString(connection) : await byName(connection)
}

function byConnectionString(connection: string): StorageAccount {
  const part = (key: string) => new RegExp(`(?:^|;)${key}=([^;]*)`).exec(connection)?.[1]
  const name = part("AccountName") ?? ""
  const protocol = part("DefaultEndpointsProtocol") ?? "https"
  const host = `${name}.blob.${part("EndpointSuffix") ?? "core.windows.net"}`
  const endpoint = part("BlobEndpoint") ?? `${protocol}://${host}`
  const key = Buffer.from(part("AccountKey") ?? "", "base64")
  return {
    name,
    table: (table) =>
      TableClient.fromConnectionString(connection, table, {
        allowInsecureConnection: endpoint.startsWith("http:"),
      }),
    async blob(container, blob) {
      const url = new URL(`${endpoint.replace(/\/$/, "")}/${container}/${blob}`)
      const date = new Date().toUTCString()
      // Shared Key Lite: verb, MD5, type and date are lines of their own; the date is in its x-ms header.
      const signed = `GET\n\n\n\nx-ms-date:${date}\nx-ms-version:${API_VERSION}\n/${name}${url.pathname}`
      const signature = createHmac("sha256", key).update(signed).digest("base64")
      return download(url, { "x-ms-date": date, authorization: `SharedKeyLite ${name}:${signature}` })
    },
  }
}

async function byName(name: string): Promise<StorageAccount> {
  const { DefaultAzureCredential } = await import("@azure/identity")
  const credential = new DefaultAzureCredential()
  return {
    name,
    table: (table) => new TableClient(`https://${name}.table.core.windows.net`, table, credential),
    async blob(container, blob) {
      const { token } = await credential.getToken(SCOPE)
      const url = new URL(`https://${name}.blob.core.windows.net/${container}/${blob}`)
      return download(url, { authorization: `Bearer ${token}` })
    },
  }
}

async function download(url: URL, headers: Record<string, string>): Promise<Uint8Array> {
  const answer = await fetch(url, { headers: { "x-ms-version": API_VERSION, ...headers } })
  if (!answer.ok) throw new Error(`the blob ${url.pathname} was answered with ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}
