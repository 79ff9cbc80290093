import type { Fault, Point } from "./switchboard.ts"
import { t } from "./texts.ts"

/** The steps that a fault can be set at, as an order takes them. */
export const steps = [
  ...(["read-order", "reserve-coupon", "authorise-payment", "check-payment", "confirm-coupon"] as const),
  ...(["capture-payment", "mark-paid", "cancel-order", "read-fulfilment"] as const),
] as const

const isKnown = (activity: string): activity is (typeof steps)[number] =>
  (steps as readonly string[]).includes(activity)

export const stepInWords = (activity: string): string =>
  isKnown(activity) ? t(`step.${activity}`) : activity

/** What goes wrong, in a few words. */
export function faultInWords(fault: Fault): string {
  switch (fault.kind) {
    case "payment":
      return t(`payment.${fault.what}`)
    case "webhook":
      return t(`webhook.${fault.what}`)
    case "killed":
      return t("words.killed", { part: fault.part })
    default:
      return t(`words.${fault.kind}`, { part: fault.part, seconds: fault.seconds })
  }
}

/** Where it goes wrong. @param run at which of the step's runs for this order; said only from the second on */
export const placeInWords = ({ place, activity }: Point, run = 1): string =>
  t(`words.${place}`, { step: stepInWords(activity) }) + (run > 1 ? t("words.run", { run }) : "")
