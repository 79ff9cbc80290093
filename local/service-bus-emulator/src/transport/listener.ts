import { type AddressInfo, createServer, type Socket } from "node:net"

/** A bound port. Connections wait until somebody serves them. */
export interface Listener {
  port: number
  /** Hands over every connection, those that already wait first. */
  serve(onConnection: (socket: Socket) => void): void
  close(): Promise<void>
}

/**
 * Binds a port; 0 takes a free one. Rejects with the socket's error when it is taken. Bound before the journal is
 * opened, so that a second emulator on the same port never touches the journal of the first.
 */
export async function bind(host: string, port: number): Promise<Listener> {
  const sockets = new Set<Socket>()
  let waiting: Socket[] | undefined = []
  let serve = (socket: Socket) => {
    waiting?.push(socket)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    writeTogether(socket)
    serve(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    serve: (onConnection) => {
      serve = onConnection
      for (const socket of waiting ?? []) onConnection(socket)
      waiting = undefined
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Sends what is written within one turn in one system call; rhea writes every frame by itself. */
function writeTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = ((...args: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...args)
  }) as typeof socket.write
}
