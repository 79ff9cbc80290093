#!/usr/bin/env node
import { parseArgs } from "node:util"
import { parseRepetition, type Repetition } from "./broker/repetition.ts"
import { ConfigError } from "./config.ts"
import { startServiceBusEmulator } from "./emulator.ts"

const usage = `Usage: service-bus-emulator --config FILE [--port N] [--host ADDRESS] [--data-dir DIR]
                            [--no-fsync] [--exit-with-parent]

  --config FILE        the entities, in the shape of Microsoft's Service Bus emulator configuration
  --port N             default 5672; 0 takes a free one
  --host ADDRESS       default 127.0.0.1
  --data-dir DIR       keep messages there; without it they are gone when the emulator stops
  --no-fsync           messages survive a killed process, but not a power cut
  --repeat TIMES:SEED  deliver what is published to topics so often and out of order, as at-least-once delivery may;
                       default: SERVICE_BUS_REPEAT of the environment
  --exit-with-parent   stop when standard input closes`

/** Runs the emulator until it is told to stop. Prints the connection string once it listens. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: "string" },
      port: { type: "string", default: "5672" },
      host: { type: "string", default: "127.0.0.1" },
      "data-dir": { type: "string" },
      repeat: { type: "string", default: process.env.SERVICE_BUS_REPEAT ?? "" },
      "no-fsync": { type: "boolean", default: false },
      "exit-with-parent": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help || values.config === undefined) {
    console.log(usage)
    process.exitCode = values.help ? 0 : 2
    return
  }
  const dataDir = values["data-dir"]
  const emulator = await startServiceBusEmulator({
    configFile: values.config,
    port: Number(values.port),
    host: values.host,
    fsync: !values["no-fsync"],
    log: (message) => console.error(message),
    ...(values.repeat === "" ? {} : { repetition: parseRepetition(values.repeat) }),
    ...(dataDir === undefined ? {} : { dataDir }),
  })
  console.log(`Service Bus emulator: ${emulator.connectionString}`)
  // Whoever started it with a message channel may change that while it runs.
  process.on("message", (message: { type?: string; repetition?: Repetition }) => {
    if (message.type === "repetition") emulator.repeat(message.repetition)
  })
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await emulator.stop()
    process.exit(0)
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  if (values["exit-with-parent"]) process.stdin.on("close", stop).resume()
}

try {
  await main()
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  const expected =
    error instanceof ConfigError ||
    error instanceof SyntaxError ||
    error instanceof RangeError ||
    code !== undefined
  if (!expected) throw error
  console.error(code === "EADDRINUSE" ? `${message}: choose another port with --port.` : message)
  process.exitCode = 1
}
