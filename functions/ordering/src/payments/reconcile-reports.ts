import type { Call } from "@eshop/building-blocks/app/call"
import { followList } from "./follow-list.ts"
import type { ListPosition, ProviderEvent, ProviderRecords } from "./ports.ts"
import { type ReportPorts, takeReport } from "./take-report.ts"

export type LateReportPorts = ReportPorts & {
  readonly providerRecords: ProviderRecords
  readonly reportPosition: ListPosition
}

/**
 * Takes the reports that have not arrived of what comes days or months after a payment: a refund that the bank sends back, a
 * dispute and its end. No list of refunds or disputes is ordered by when that happened; the provider's reports are.
 * @returns how far they have been looked at
 */
export const reconcileReports = (
  ports: LateReportPorts,
  told: { right: number; reported: number },
  call: Call,
): Promise<Date> =>
  followList<ProviderEvent>(
    {
      position: ports.reportPosition,
      idOf: ({ id }) => id,
      async madeBetween(...within) {
        const { reports, isLast } = await ports.providerRecords.lateReportsMadeBetween(...within)
        return { entries: reports, isLast }
      },
      async settle(event) {
        told[(await takeReport(ports, event, call)) ? "reported" : "right"]++
      },
    },
    call,
  )
