import { followUps } from "@eshop/building-blocks/app/follow-ups"
import { start } from "@eshop/building-blocks/app/start"
import { redisCache } from "@eshop/building-blocks/cache/redis"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { tableStore } from "@eshop/building-blocks/store/tables/table-store"
import { log } from "@eshop/building-blocks/telemetry/log"
import document from "../openapi.json" with { type: "json" }
import { discountTable, tablePorts } from "./adapters/table-ports.ts"
import { discount } from "./app.ts"
import { makeCodes } from "./codes/make-codes.ts"
import { seedRules } from "./rules/seed-rules.ts"
import { settings } from "./settings.ts"

const from = readSettings(settings)
const tables = discountTable(from)
const store = tableStore(tables, serviceBusBroker(serviceBusClient(from)))
const redis = from.REDIS_URL
  ? redisCache(from.REDIS_URL, "a change of a rule counts after some seconds", log.warn)
  : undefined
const follow = followUps()
start(discount, {
  ports: {
    ...tablePorts(tables, redis, follow.asks(makeCodes)),
    logLevels: store.logLevels,
    ...deadLetterPorts(discount, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  document,
  store,
  followUps: follow,
  ...(redis && { others: { redis: () => redis.ping() }, close: () => redis.close() }),
  ...(from.SEED && { seed: seedRules }),
})
