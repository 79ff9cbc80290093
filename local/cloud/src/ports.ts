import { readdir, readFile, readlink } from "node:fs/promises"
import { createServer, type Server } from "node:net"
import { defaultPorts, type PartName, type Ports, partNames } from "./settings.ts"

/** Which ports to use: the usual ones, any free ones, or the usual ones except those given. */
export type PortChoice = "default" | "free" | Partial<Ports>

const HOST = "127.0.0.1"

/** Another process listens where a part should. The message is made for the terminal. */
export class PortInUseError extends Error {
  readonly port: number
  readonly part: PartName

  constructor(port: number, part: PartName, pid: number | undefined) {
    const owner = pid === undefined ? "" : ` (held by process ${pid})`
    super(`Port ${port} of ${part} is in use${owner}: choose another with --port ${part}=N`)
    this.port = port
    this.part = part
  }
}

/** Ports that are held for their parts until each is about to start, so that nobody else takes them meanwhile. */
export interface PortReservation {
  ports: Ports
  /** Frees the port for its part; later calls do nothing. */
  release(part: PartName): Promise<void>
  releaseAll(): Promise<void>
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once("error", reject)
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server))
  })
}

function close(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()))
}

/**
 * Reserves the ports of the given parts.
 * Throws PortInUseError, with everything released again, when one of them is taken.
 */
export async function reservePorts(
  choice: PortChoice,
  needed: readonly PartName[],
): Promise<PortReservation> {
  const wanted: Ports = { ...defaultPorts, ...(typeof choice === "string" ? {} : choice) }
  if (choice === "free") for (const part of partNames) wanted[part] = 0
  const held = new Map<PartName, Server>()
  const release = async (part: PartName) => {
    const server = held.get(part)
    held.delete(part)
    await close(server)
  }
  const releaseAll = async () => {
    await Promise.all([...held.keys()].map(release))
  }
  for (const part of needed) {
    try {
      const server = await hold(wanted[part])
      held.set(part, server)
      const address = server.address()
      if (address && typeof address === "object") wanted[part] = address.port
    } catch (error) {
      await releaseAll()
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error
      throw new PortInUseError(wanted[part], part, await portOwner(wanted[part]))
    }
  }
  return { ports: wanted, release, releaseAll }
}

/** The process that listens on a local TCP port, where the system tells (Linux, processes of this user). */
async function portOwner(port: number): Promise<number | undefined> {
  try {
    const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
    const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")))
    // Columns: slot, local address, remote address, state (0A = LISTEN), …, the tenth is the socket's inode.
    const inodes = new Set(
      tables
        .flatMap((table) => table.split("\n").slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === "0A")
        .map((columns) => `socket:[${columns[9]}]`),
    )
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
      for (const descriptor of descriptors) {
        const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "")
        if (inodes.has(target)) return Number(pid)
      }
    }
  } catch {
    return undefined
  }
  return undefined
}
