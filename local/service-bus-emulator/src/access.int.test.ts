import { createHmac } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newClient, receiveOne, startNamespace, type TestNamespace } from "./test-namespace.ts"

let namespace: TestNamespace

beforeAll(async () => {
  namespace = await startNamespace({ Queues: [{ Name: "q" }] }, { sharedAccessKey: "a key of this test" })
})
afterAll(() => namespace[Symbol.asyncDispose]())

const unauthorized = { code: "UnauthorizedAccess" }

/** A connection string that carries a finished token instead of the key. */
function withToken(resource: string, expiresInSeconds: number, key = "a key of this test"): string {
  const expiry = Math.floor(Date.now() / 1000) + expiresInSeconds
  const encoded = encodeURIComponent(resource)
  const signature = createHmac("sha256", key).update(`${encoded}\n${expiry}`).digest("base64")
  const token = `sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=RootManageSharedAccessKey`
  const endpoint = `sb://127.0.0.1:${namespace.emulator.port}`
  return `Endpoint=${endpoint};SharedAccessSignature=SharedAccessSignature ${token};UseDevelopmentEmulator=true;`
}

async function sendWith(connectionString: string): Promise<void> {
  const client = newClient(connectionString)
  try {
    await client.createSender("q").sendMessages({ body: 1 })
  } finally {
    await client.close()
  }
}

test("refuses a wrong key, a wrong key name, an expired token and a token for another entity", async () => {
  const { connectionString } = namespace.emulator
  const refused = [
    connectionString.replace("a key of this test", "another key"),
    connectionString.replace("RootManageSharedAccessKey", "Somebody"),
    withToken(`sb://127.0.0.1:${namespace.emulator.port}/q`, -10),
    withToken(`sb://127.0.0.1:${namespace.emulator.port}/other`, 60),
    withToken(`sb://127.0.0.1:${namespace.emulator.port}/q`, 60, "another key"),
  ]
  for (const wrong of refused) await expect(sendWith(wrong), wrong).rejects.toMatchObject(unauthorized)
  expect(namespace.emulator.state().q?.active).toBe(0)
})

test("takes a token for the entity or for the whole namespace", async () => {
  await sendWith(withToken(`sb://127.0.0.1:${namespace.emulator.port}/q`, 60))
  await sendWith(withToken(`sb://127.0.0.1:${namespace.emulator.port}/`, 60))
  expect(namespace.emulator.state().q?.active).toBe(2)
})

test("says that an entity does not exist, to senders, receivers and sessions", async () => {
  const { client } = namespace
  const notFound = { code: "MessagingEntityNotFound" }
  await expect(client.createSender("nope").sendMessages({ body: 1 })).rejects.toMatchObject(notFound)
  await expect(receiveOne(client.createReceiver("nope"))).rejects.toMatchObject(notFound)
  await expect(receiveOne(client.createReceiver("nope", "s"))).rejects.toMatchObject(notFound)
  await expect(client.acceptNextSession("nope")).rejects.toMatchObject(notFound)
  await expect(client.createReceiver("nope").peekMessages(1)).rejects.toMatchObject(notFound)
})
