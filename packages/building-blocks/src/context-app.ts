import { app, type InvocationContext } from "@azure/functions"
import type pg from "pg"
import { z } from "zod"
import { type HttpEdge, httpEdge } from "./http/http-edge.ts"
import { traceparentOf } from "./http/trace.ts"
import { tokenVerifier } from "./identity/verify-token.ts"
import { newId } from "./ids.ts"
import { type EventEdge, eventEdge } from "./messaging/event-edge.ts"
import type { Outbox } from "./messaging/outbox.ts"
import { LEASE_SECONDS, outboxRelay } from "./messaging/relay.ts"
import { serviceBusClient, serviceBusPublisher } from "./messaging/service-bus-publisher.ts"
import { forgetOldKeys, postgresInbox, postgresRequestLog } from "./postgres/once.ts"
import { postgresOutbox } from "./postgres/outbox.ts"
import { connectPostgres, postgresUnitOfWork } from "./postgres/pool.ts"
import type { CallContext } from "./use-case.ts"

/** Settings that every app reads to know who calls it. */
export const IdentitySettings = z.object({
  IDENTITY_ISSUER: z.url(),
  IDENTITY_AUDIENCE: z.string().min(1),
})

/** Settings of an app that publishes or consumes events. */
export const MessagingSettings = z.object({
  ServiceBus: z.string().optional(),
  ServiceBus__fullyQualifiedNamespace: z.string().optional(),
})

/** What the composition root of an app with a relational store puts together from. */
export type ContextApp = {
  readonly pool: pg.Pool
  /** Connections whose commits do not wait for the disk: for work that is done again after a crash. */
  readonly relaxedPool: pg.Pool
  readonly outbox: Outbox
  readonly http: HttpEdge
  readonly events: EventEdge
  /** A call that nobody made: by a timer, at the start, or as a step of a saga. */
  systemCall(traceparent?: string): CallContext
  /** Registers a timer. @param schedule NCRONTAB with seconds */
  every(
    schedule: string,
    name: string,
    run: (call: CallContext, context: InvocationContext) => Promise<void>,
  ): void
}

/**
 * The parts that the relational contexts share: pool, transactions, outbox with its relay and timer, inbox, request
 * log, the HTTP and the event edge. Registers the relay's timer and the one that forgets old keys.
 */
export function contextApp(
  databaseUrl: string,
  settings: z.infer<typeof IdentitySettings> & z.infer<typeof MessagingSettings>,
): ContextApp {
  const pool = connectPostgres(databaseUrl)
  const relaxedPool = connectPostgres(databaseUrl, { max: 4, relaxed: true })
  const unitOfWork = postgresUnitOfWork(pool)
  const outbox = postgresOutbox(relaxedPool, {
    leaseSeconds: LEASE_SECONDS,
    send: (messages) => relay.send(messages),
  })
  const client = serviceBusClient(settings)
  const relay = outboxRelay(outbox, serviceBusPublisher(client), (error) =>
    console.warn(
      `outbox: the broker did not take the events, they stay for the next try: ${(error as Error).message}`,
    ),
  )
  const systemCall = (traceparent?: string): CallContext => ({
    now: new Date(),
    newId,
    caller: { kind: "anonymous" },
    traceparent: traceparentOf(traceparent),
    transact: (work) => unitOfWork.transaction(work),
  })
  const every: ContextApp["every"] = (schedule, name, run) =>
    app.timer(name, {
      schedule,
      handler: (_, context) => run(systemCall(context.traceContext?.traceParent), context),
    })

  every("*/5 * * * * *", "relay-outbox", async () => {
    await relay.drain()
  })
  every("0 17 3 * * *", "forget-old-keys", () => forgetOldKeys(pool))
  app.hook.appTerminate(async () => {
    await client.close()
    await Promise.all([pool.end(), relaxedPool.end()])
  })

  return {
    pool,
    relaxedPool,
    outbox,
    http: httpEdge({
      tokens: tokenVerifier({ issuer: settings.IDENTITY_ISSUER, audience: settings.IDENTITY_AUDIENCE }),
      unitOfWork,
      requestLog: postgresRequestLog(pool),
    }),
    events: eventEdge({ unitOfWork, inbox: postgresInbox() }),
    systemCall,
    every,
  }
}
