import { useCase } from "@eshop/building-blocks/app/use-case"
import { RawRequest } from "@eshop/building-blocks/http/route"
import { log } from "@eshop/building-blocks/telemetry/log"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { ProviderEvents } from "./ports.ts"
import { type ReportPorts, takeReport } from "./take-report.ts"

type Ports = ReportPorts & { readonly providerEvents: Pick<ProviderEvents, "read"> }

export const reportNotSigned = defineRefusal(
  "payment-report.not-signed",
  "forbidden",
  "The report does not bear the payment provider's signature, or bears one that is too old.",
)

/** The provider sends it again, and shows it as failed to whoever looks there. */
const reportUnreadable = defineRefusal(
  "payment-report.unreadable",
  "rule",
  "The report is signed, but not shaped as the payment provider's events are.",
)

/**
 * The payment provider reports something. What is none of the shop's is taken and ignored, or the provider would send it
 * again for days.
 */
export const receiveReport = useCase("ordering.receive-payment-report", {
  input: RawRequest,
  result: z.strictObject({ received: z.boolean().describe("False for a report that changes nothing") }),
  refusals: [reportNotSigned, reportUnreadable],
  handle:
    (ports: Ports) =>
    async ({ bytes, headers }, call) => {
      const event = await ports.providerEvents.read(bytes, headers, call.now)
      if (!event) return reportNotSigned()
      if (event === "unreadable") {
        log.warn("a report with the provider's signature is not shaped as its events are")
        return reportUnreadable()
      }
      return { received: await takeReport(ports, event, call) }
    },
})
