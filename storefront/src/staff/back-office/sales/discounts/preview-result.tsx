import { type Money, money } from "../../../../texts/format.ts"
import { Table } from "../../../parts/table.tsx"
import type { PreviewAnswer, PricedLine, Quote } from "./preview-basket.ts"
import { t } from "./preview-texts.ts"

type Props = { answer: PreviewAnswer; lines: readonly PricedLine[]; shipping: Money | undefined }
type Discount = { readonly reason: string; readonly amount: Money }

/** Line by line what goes off without the draft and with it, and what became of each rule. */
export function PreviewResult({ answer, lines, shipping }: Props) {
  return (
    <>
      <Amounts answer={answer} lines={lines} shipping={shipping} />
      <Refused quote={answer.after} />
      <Rules answer={answer} />
    </>
  )
}

const amountColumns = [
  t("column.line"),
  { label: t("column.price"), isNumber: true },
  t("column.without"),
  t("column.with"),
]

function Amounts({ answer: { before, after }, lines, shipping }: Props) {
  const goods = lines.reduce((sum, line) => sum + line.unitPrice.amount * line.quantity, 0)
  const currency = lines[0]?.unitPrice.currency ?? "USD"
  const before_ = totalOf(before, goods, shipping)
  const after_ = totalOf(after, goods, shipping)
  return (
    <Table label={t("amounts")} columns={amountColumns}>
      {lines.map(({ sku, name, quantity, unitPrice }) => (
        <tr key={sku}>
          <td>
            {quantity} × {name}
          </td>
          <td className="number">{money({ ...unitPrice, amount: unitPrice.amount * quantity })}</td>
          <Off discounts={before.lines.filter((line) => line.sku === sku)} />
          <Off discounts={after.lines.filter((line) => line.sku === sku)} />
        </tr>
      ))}
      {shipping && (
        <tr>
          <td>{t("shipping")}</td>
          <td className="number">{money(shipping)}</td>
          <Off discounts={before.shipping ?? []} />
          <Off discounts={after.shipping ?? []} />
        </tr>
      )}
      <tr className="total-row">
        <td>{t("total")}</td>
        <td className="number">{money({ amount: goods + (shipping?.amount ?? 0), currency })}</td>
        <td>{money({ amount: before_, currency })}</td>
        <td>
          {money({ amount: after_, currency })}{" "}
          {after_ !== before_ && (
            <small>
              {t(after_ < before_ ? "less" : "more", {
                amount: money({ amount: Math.abs(before_ - after_), currency }),
              })}
            </small>
          )}
        </td>
      </tr>
    </Table>
  )
}

const sumOf = (discounts: readonly Discount[] = []): number =>
  discounts.reduce((sum, { amount }) => sum + amount.amount, 0)

const totalOf = (quote: Quote, goods: number, shipping: Money | undefined): number =>
  goods - quote.discount.amount + (shipping?.amount ?? 0) - sumOf(quote.shipping)

/** What goes off something, and why. */
const Off = ({ discounts }: { discounts: readonly Discount[] }) => (
  <td>
    {discounts.length === 0 && <span className="hint">–</span>}
    {discounts.map(({ reason, amount }) => (
      <span key={reason} className="line-discount">
        −{money(amount)} {reason}
      </span>
    ))}
  </td>
)

function Refused({ quote: { refusedCoupons = [] } }: { quote: Quote }) {
  return refusedCoupons.map(({ code, refusal }) => (
    <p key={code} className="notice">
      {t("refused", { code, why: refusal.detail })}
    </p>
  ))
}

const ruleColumns = [t("column.rule"), t("column.without"), t("column.with")]

/** What became of each rule; the draft first. */
function Rules({ answer: { rule: draft, before, after } }: { answer: PreviewAnswer }) {
  const told = (quote: Quote) => new Map((quote.explanations ?? []).map((one) => [one.rule, one]))
  const [without, withIt] = [told(before), told(after)]
  const rules = [...new Set([draft, ...withIt.keys(), ...without.keys()])].filter(
    (rule) => withIt.has(rule) || without.has(rule),
  )
  return (
    <Table label={t("rules")} columns={ruleColumns}>
      {rules.map((rule) => (
        <tr key={rule} className={rule === draft ? "draft-row" : ""}>
          <td>
            {(withIt.get(rule) ?? without.get(rule))?.name}
            {rule === draft && <small className="validity-utc">{t("draft")}</small>}
          </td>
          <Outcome of={without.get(rule)} />
          <Outcome of={withIt.get(rule)} />
        </tr>
      ))}
    </Table>
  )
}

type Explanation = NonNullable<Quote["explanations"]>[number]

function Outcome({ of }: { of: Explanation | undefined }) {
  if (!of) return <td className="hint">–</td>
  return (
    <td>
      <span className={`status status-${of.outcome}`}>{t(`outcome.${of.outcome}`)}</span>{" "}
      {of.amount.amount > 0 && <strong>−{money(of.amount)}</strong>} <small>{of.reason}</small>
    </td>
  )
}
