import type { PropertyField } from "../message/sections.ts"

/**
 * The system properties (sys.*) that filters may name, in lower case, with the AMQP field behind them. `null` marks a
 * property that Azure has but that is not known when a message is published: it evaluates to unknown here.
 */
export const systemProperties: ReadonlyMap<string, PropertyField | null> = new Map([
  ["contenttype", "contentType"],
  ["correlationid", "correlationId"],
  ["label", "subject"],
  ["subject", "subject"],
  ["messageid", "messageId"],
  ["replyto", "replyTo"],
  ["replytosessionid", "replyToGroupId"],
  ["sessionid", "groupId"],
  ["to", "to"],
  ["deadlettersource", null],
  ["deliverycount", null],
  ["enqueuedsequencenumber", null],
  ["enqueuedtimeutc", null],
  ["expiresatutc", null],
  ["forcepersistence", null],
  ["lockeduntilutc", null],
  ["locktoken", null],
  ["partitionkey", null],
  ["scheduledenqueuetimeutc", null],
  ["sequencenumber", null],
  ["size", null],
  ["state", null],
  ["timetolive", null],
  ["viapartitionkey", null],
] as [string, PropertyField | null][])
