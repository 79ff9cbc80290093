import { useCase } from "@eshop/building-blocks/app/use-case"
import type { OrderTokens } from "@eshop/building-blocks/identity/order-token"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import { log } from "@eshop/building-blocks/telemetry/log"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { Address } from "@eshop/domain/contracts/checkouts"
import { GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { OrderContacts } from "../access/ports.ts"
import type { Orders } from "../orders/ports.ts"
import type { NoticeFacts } from "./notice.ts"
import type { ClaimedNotice, Notice, NoticeQueue, Notices } from "./ports.ts"
import { renderNotice } from "./render-notice.ts"

const BATCH = 20
/** Notices leave in steps of this length: those of many orders are claimed, and struck out, together. */
export const NOTICES_PAUSE_MS = 100
/** Longer than a batch takes, whoever delivers. */
const LEASE_SECONDS = 120
/** A notice that could not be sent so often, which is after about three days, is given up. */
const MAX_ATTEMPTS = 80
const FIRST_PAUSE_SECONDS = 30
const LONGEST_PAUSE_SECONDS = 3_600

export type SendNoticesPorts = {
  readonly notices: NoticeQueue
  readonly delivery: Notices
  readonly orders: Pick<Orders, "find">
  readonly contacts: Pick<OrderContacts, "find">
  readonly personalData: Pick<PersonalData, "find">
  readonly orderLinks: OrderLinks
}

/** Where a customer finds an order. */
export type OrderLinks = {
  /** The token in it opens the order for whoever has the link. It stands behind `#`, which browsers send nowhere. */
  withToken(orderId: string, now: Date): string
  /** For who signs in. */
  plain(orderId: string): string
}

/** @param shopUrl the storefront's address */
export const orderLinks = (shopUrl: string, tokens: OrderTokens): OrderLinks => {
  const plain = (orderId: string) => `${shopUrl.replace(/\/$/, "")}/orders/${orderId}`
  return { plain, withToken: (orderId, now) => `${plain(orderId)}#token=${tokens.issue(orderId, now)}` }
}

/** The order that a notice is about; of a look-up, the one that fits its e-mail address. */
async function orderOf({ contacts }: SendNoticesPorts, facts: NoticeFacts): Promise<string | undefined> {
  if (facts.kind !== "order-link") return facts.orderId
  const found = await contacts.find(facts.order)
  const fitting = found.find(({ email }) =>
    facts.emails.some(({ keyVersion, value }) => keyVersion === email.keyVersion && value === email.value),
  )
  return fitting?.orderId
}

/** @returns undefined where nobody is to be told: the order is not there, or its customer was forgotten */
async function write(ports: SendNoticesPorts, notice: ClaimedNotice, now: Date): Promise<Notice | undefined> {
  const orderId = await orderOf(ports, notice.facts)
  const [stored, personal] =
    orderId === undefined
      ? []
      : await Promise.all([ports.orders.find(orderId), ports.personalData.find(orderId)])
  if (!stored || !personal) return undefined
  const { order } = stored
  const needsToken = notice.facts.kind === "order-link" || order.customerId.startsWith(GUEST_PREFIX)
  const link = needsToken ? ports.orderLinks.withToken(order.id, now) : ports.orderLinks.plain(order.id)
  return renderNotice(notice, { order, address: Address.parse(personal.data), link })
}

/** What became of a notice; a postponed one stays in the queue. */
type Fate = "sent" | "given-up" | "postponed"

async function sendOne(ports: SendNoticesPorts, claimed: ClaimedNotice, now: Date): Promise<Fate> {
  const { id, facts, attempts } = claimed
  const about = {
    noticeId: id,
    kind: facts.kind,
    ...(facts.kind !== "order-link" && { orderId: facts.orderId }),
  }
  try {
    const notice = await write(ports, claimed, now)
    if (notice) await ports.delivery.send(notice)
    log.info(notice ? "a notice was sent" : "nobody is to be told any more", about)
    return notice ? "sent" : "given-up"
  } catch (error) {
    // Never the notice: what failed may say where, not what to whom.
    const fault = { ...about, fault: (error as Error).name }
    if (attempts + 1 >= MAX_ATTEMPTS) {
      alarm("undelivered-notice", "a notice is given up", fault)
      return "given-up"
    }
    log.warn("a notice could not be sent and waits", fault)
    const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts, 10), LONGEST_PAUSE_SECONDS)
    await ports.notices.postpone(id, pause)
    return "postponed"
  }
}

/**
 * Sends all notices that are due: at least once, since the process may die between the sending and its mark. Follows the
 * commits that make them.
 */
export const sendNotices = useCase("ordering.send-notices", {
  input: z.strictObject({}),
  result: z.strictObject({ sent: z.int(), againInMs: z.int().optional() }),
  handle: (ports: SendNoticesPorts) => async (_, call) => {
    const fates: Fate[] = []
    for (let claimed: readonly ClaimedNotice[] | undefined; !claimed || claimed.length === BATCH; ) {
      claimed = await ports.notices.claim(BATCH, LEASE_SECONDS)
      const now = await Promise.all(claimed.map((notice) => sendOne(ports, notice, call.now)))
      const done = claimed.filter((_, index) => now[index] !== "postponed")
      if (done.length > 0) await ports.notices.remove(done.map(({ id }) => id))
      fates.push(...now)
    }
    return {
      sent: fates.filter((fate) => fate === "sent").length,
      ...(fates.includes("postponed") && { againInMs: FIRST_PAUSE_SECONDS * 1_000 }),
    }
  },
})
