import type { Server } from "node:http"
import type { Socket } from "node:net"

/**
 * Counts the open connections of each client address.
 * @returns says whether a connection is one too many: its requests are to be refused and the connection closed
 */
export function connectionBound(server: Server, perClient: number): (socket: Socket) => boolean {
  const open = new Map<string, number>()
  const excess = new WeakSet<Socket>()
  server.on("connection", (socket) => {
    const client = socket.remoteAddress ?? ""
    const count = (open.get(client) ?? 0) + 1
    open.set(client, count)
    if (count > perClient) excess.add(socket)
    socket.once("close", () => {
      const left = (open.get(client) ?? 1) - 1
      if (left === 0) open.delete(client)
      else open.set(client, left)
    })
  })
  return (socket) => excess.has(socket)
}
