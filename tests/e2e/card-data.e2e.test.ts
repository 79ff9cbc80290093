import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Redis } from "ioredis"
import { expect } from "vitest"
import { apps } from "../../bench/budget/apps.ts"
import { clientOf, tokenFor } from "../fixtures/http.ts"
import { inParallel } from "../prove/in-parallel.ts"
import { type CardRequest, CODE, cardRequests, cards } from "./card-data.ts"
import type { RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

const AT_ONCE = 8
/** Something that may be kept, to see that the search finds what is there. */
const CONTROL = "Kept-7391-of-no-card"

let running: RunningShop
it.beforeAll(({ shop }) => {
  running = shop
})

/** A customer who has every role: nothing is refused for who asks. */
async function everybody(): Promise<string> {
  const roles = new Set(
    apps.flatMap(({ entries }) =>
      entries.flatMap((entry) =>
        entry.kind === "route" && typeof entry.access === "object" ? [entry.access.role] : [],
      ),
    ),
  )
  const who = ["customer=mallory", ...[...roles].map((role) => `role=${role}`)].join("&")
  return await tokenFor(running.cloud.connections.identity, who)
}

/** Every text that the stores, logs, messages and histories on the disk and in the cache hold, as raw bytes. */
async function everything(): Promise<ReadonlyMap<string, Buffer>> {
  const { connections, dataDir } = running.cloud
  const names = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = new Map<string, Buffer>()
  for (const file of files) contents.set(file, await readFile(file).catch(() => Buffer.alloc(0)))
  if (connections.redis === undefined) return contents
  const redis = new Redis(connections.redis)
  for (const key of await redis.keys("*")) {
    const value = await redis.dumpBuffer(key)
    contents.set(`redis ${key}`, Buffer.concat([Buffer.from(key), value ?? Buffer.alloc(0)]))
  }
  await redis.quit()
  return contents
}

/** Where any of the texts is found. */
const placesOf = (contents: ReadonlyMap<string, Buffer>, texts: readonly string[]): string[] =>
  [...contents].flatMap(([name, bytes]) =>
    texts.filter((text) => bytes.includes(text)).map((text) => `${name} holds ${text}`),
  )

it("card data anywhere in a request of any route is refused, and lies nowhere afterwards", async () => {
  const { gateway } = running.cloud.connections
  const token = await everybody()
  const send = async ({ name, method, path, headers, body }: CardRequest) => {
    const response = await fetch(`${gateway}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    })
    const answer = await response.text()
    const isClear = answer.includes("card data") || answer.includes("card number")
    return response.status === 400 && isClear ? [] : [`${name}: ${response.status} ${answer.slice(0, 200)}`]
  }
  const kept = await clientOf(`${gateway}/catalog`, token)(
    "POST",
    "categories",
    { slug: "kept", name: { en: CONTROL } },
    { "idempotency-key": crypto.randomUUID() },
  )
  expect(kept.status).toBe(201)

  const requests = apps.flatMap(cardRequests)
  const wrong = (await inParallel(AT_ONCE, requests, send)).flat()
  expect(wrong.slice(0, 20)).toEqual([])

  await running.sql("catalog", "CHECKPOINT").catch(() => undefined)
  const contents = await everything()
  expect(placesOf(contents, [CONTROL])).not.toEqual([])
  const digits = cards.map((card) => card.replace(/\D/g, ""))
  expect(placesOf(contents, [...new Set([...cards, ...digits]), CODE])).toEqual([])
}, 600_000)
