import { EventEmitter } from "node:events"
import type { IncomingMessage } from "node:http"
import { expect, it } from "vitest"
import { discardUnread } from "./body.ts"

it.each([
  ["single bytes", 1, 20_000, 0],
  ["single bytes, one more", 1, 20_001, 1],
  ["pieces of a sensible size", 64, 20_001, 0],
])(
  "breaks the connection of a body that nobody reads only for too many small pieces: %s",
  (_, size, pieces, broken) => {
    let destroyed = 0
    const request = Object.assign(new EventEmitter(), {
      socket: {
        destroy: () => {
          destroyed += 1
        },
      },
    })
    discardUnread(request as unknown as IncomingMessage)
    for (let piece = 0; piece < pieces; piece++) request.emit("data", Buffer.alloc(size))
    expect(destroyed).toBe(broken)
  },
)
