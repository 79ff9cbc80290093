/**
 * Measures the emulator through the real SDK: `npx node local/service-bus-emulator/bench.ts [memory|disk|disk-no-fsync]`.
 * Client and emulator run in processes of their own, as in the local cloud.
 */
import { fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ServiceBusClient } from "@azure/service-bus"
import { startServiceBusEmulator } from "./src/emulator.ts"

const config = { UserConfig: { Namespaces: [{ Name: "bench", Queues: [{ Name: "q" }] }] } }
const body = { orderId: "0190a9d0-0000-7000-8000-000000000000", note: "x".repeat(200) }

if (process.send) await serve(process.argv[2] ?? "memory")
else
  for (const mode of process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["memory", "disk"])
    await measure(mode)

async function serve(mode: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "sb-bench-"))
  const storage = mode === "memory" ? {} : { dataDir, fsync: mode === "disk" }
  const emulator = await startServiceBusEmulator({ config, ...storage })
  process.send?.(emulator.connectionString)
  process.on("disconnect", async () => {
    await emulator.stop()
    rmSync(dataDir, { recursive: true })
    process.exit(0)
  })
}

async function measure(mode: string): Promise<void> {
  const child = fork(import.meta.filename, [mode])
  const connection = await new Promise<string>((resolve) =>
    child.once("message", (text) => resolve(String(text))),
  )
  const client = new ServiceBusClient(connection)
  const sender = client.createSender("q")
  await sender.sendMessages({ body })
  const rows: Record<string, string> = {}
  rows["single sends, 200 at once"] = await rate(20_000, 200, () => sender.sendMessages({ body }))
  rows["batches of 100, 4 at once"] = await rate(
    400,
    4,
    () => sender.sendMessages(Array(100).fill({ body })),
    100,
  )
  rows["receive + complete, 200 at once"] = await consume(client, 60_001)
  rows["send to received, one at a time"] = await latency(client)
  console.log(`\n${mode}`)
  for (const [name, figure] of Object.entries(rows)) console.log(`  ${name.padEnd(34)} ${figure}`)
  await client.close()
  child.disconnect()
}

async function rate(
  count: number,
  width: number,
  operation: () => Promise<void>,
  factor = 1,
): Promise<string> {
  let left = count
  const started = performance.now()
  const worker = async () => {
    while (left-- > 0) await operation()
  }
  await Promise.all(Array.from({ length: width }, worker))
  return perSecond(count * factor, performance.now() - started)
}

async function consume(client: ServiceBusClient, count: number): Promise<string> {
  const receiver = client.createReceiver("q")
  const started = performance.now()
  let seen = 0
  await new Promise<void>((resolve, reject) => {
    receiver.subscribe(
      {
        processMessage: async (message) => {
          await receiver.completeMessage(message)
          if (++seen === count) resolve()
        },
        processError: async ({ error }) => reject(error),
      },
      { maxConcurrentCalls: 200, autoCompleteMessages: false },
    )
  })
  const figure = perSecond(count, performance.now() - started)
  await receiver.close()
  return figure
}

async function latency(client: ServiceBusClient): Promise<string> {
  const receiver = client.createReceiver("q")
  const sender = client.createSender("q")
  const times: number[] = []
  let arrived = () => {}
  receiver.subscribe({ processMessage: async () => arrived(), processError: async () => {} })
  for (let i = 0; i < 500; i++) {
    const started = performance.now()
    const received = new Promise<void>((resolve) => {
      arrived = resolve
    })
    await Promise.all([sender.sendMessages({ body }), received])
    times.push(performance.now() - started)
  }
  await receiver.close()
  times.sort((a, b) => a - b)
  return `p50 ${times[250]?.toFixed(1)} ms, p95 ${times[475]?.toFixed(1)} ms`
}

function perSecond(count: number, milliseconds: number): string {
  return `${Math.round((count / milliseconds) * 1000).toLocaleString("en")}/s`
}
