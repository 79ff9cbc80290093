import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { parseConfig } from "./config.ts"
import { parseDuration } from "./duration.ts"

const withEntities = (entities: object) => ({ UserConfig: { Namespaces: [{ Name: "n", ...entities }] } })
const withQueue = (properties: object) => withEntities({ Queues: [{ Name: "q", Properties: properties }] })
const withRule = (properties: object) =>
  withEntities({
    Topics: [{ Name: "t", Subscriptions: [{ Name: "s", Rules: [{ Name: "r", Properties: properties }] }] }],
  })

test("reads the topology of this repository", () => {
  const file = new URL("../../../infra/service-bus/entities.json", import.meta.url)
  const topology = parseConfig(JSON.parse(readFileSync(file, "utf8")))
  expect(topology.namespace).toBe("eshop")
  const names = topology.topics.flatMap(({ subscriptions }) => subscriptions.map(({ name }) => name))
  expect(names).toContain("basket-events/Subscriptions/ordering")
})

test("takes Azure's defaults", () => {
  expect(parseConfig(withEntities({ Queues: [{ Name: "q" }] })).queues).toEqual([
    {
      name: "q",
      lockDuration: 60_000,
      maxDeliveryCount: 10,
      requiresSession: false,
      defaultTtl: Number.POSITIVE_INFINITY,
      deadLetterOnExpiration: false,
    },
  ])
  const [topic] = parseConfig(
    withEntities({ Topics: [{ Name: "t", Subscriptions: [{ Name: "s" }] }] }),
  ).topics
  expect(topic?.subscriptions[0]?.rules).toEqual([
    { name: "$Default", filter: { kind: "sql", expression: "1=1" } },
  ])
})

test("reads every property of the shape", () => {
  const properties = {
    DeadLetteringOnMessageExpiration: true,
    DefaultMessageTimeToLive: "PT1H",
    DuplicateDetectionHistoryTimeWindow: "PT20S",
    ForwardDeadLetteredMessagesTo: "dead",
    ForwardTo: "",
    LockDuration: "PT30S",
    MaxDeliveryCount: 3,
    RequiresDuplicateDetection: true,
    RequiresSession: true,
  }
  const entities = { Queues: [{ Name: "q", Properties: properties }, { Name: "Dead" }] }
  expect(parseConfig(withEntities(entities)).queues[0]).toEqual({
    name: "q",
    lockDuration: 30_000,
    maxDeliveryCount: 3,
    requiresSession: true,
    defaultTtl: 3_600_000,
    deadLetterOnExpiration: true,
    duplicateWindow: 20_000,
    forwardDeadLetteredTo: "dead",
  })
})

const longFilter = { FilterType: "Sql", SqlFilter: { SqlExpression: "a = = 1" } }
test.each<[string, unknown, string]>([
  ["no object", 1, "config must be an object"],
  ["no namespace", { UserConfig: { Namespaces: [] } }, "exactly one namespace"],
  ["a misspelt property", withQueue({ LockDuraton: "PT1M" }), "Queue 'q' has no property 'LockDuraton'"],
  [
    "a wrong duration",
    withQueue({ LockDuration: "1 minute" }),
    "LockDuration: '1 minute' is not an ISO 8601",
  ],
  ["a lock that is too long", withQueue({ LockDuration: "PT6M" }), "at most PT5M"],
  ["a wrong count", withQueue({ MaxDeliveryCount: 0 }), "MaxDeliveryCount must be a whole number from 1 on"],
  ["a wrong flag", withQueue({ RequiresSession: "yes" }), "RequiresSession must be true or false"],
  ["an unknown target", withQueue({ ForwardTo: "nowhere" }), "'q' forwards to 'nowhere', which is neither"],
  ["itself as target", withQueue({ ForwardTo: "Q" }), "'q' forwards to itself"],
  ["a bad name", withEntities({ Queues: [{ Name: "-" }] }), "'-' is not a valid Name"],
  [
    "a name twice",
    withEntities({ Queues: [{ Name: "a" }], Topics: [{ Name: "A" }] }),
    "'A' is declared twice",
  ],
  ["no filter type", withRule({}), "FilterType must be Sql or Correlation"],
  [
    "an empty correlation",
    withRule({ FilterType: "Correlation", CorrelationFilter: {} }),
    "must not be empty",
  ],
  [
    "an unknown correlation",
    withRule({ FilterType: "Correlation", CorrelationFilter: { Subject: "x" } }),
    "CorrelationFilter has no property 'Subject'",
  ],
  [
    "a wrong expression",
    withRule(longFilter),
    "Rule 'r', SQL filter: Expected a value or property, found '=' (position 5)",
  ],
])("refuses %s", (_, config, message) => {
  expect(() => parseConfig(config)).toThrow(expect.objectContaining({ name: "ConfigError" }))
  expect(() => parseConfig(config)).toThrow(message)
})

test.each([
  ["PT1M", 60_000],
  ["P14D", 1_209_600_000],
  ["PT0.5S", 500],
  ["P1DT2H3M4S", 93_784_000],
  ["P1Y2M1W", 432 * 86_400_000],
])("the duration %s is %i ms", (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test.each(["", "P", "PT", "P1DT", "1M", "PT1", "-PT1M", "PT1M "])("'%s' is no duration", (text) => {
  expect(() => parseDuration(text)).toThrow(RangeError)
})
