import { invalid } from "./stripe-error.ts"

/** Presentment currencies (https://docs.stripe.com/currencies) without those of three decimals, which few accounts have. */
const supported =
  "usd, aed, afn, all, amd, ang, aoa, ars, aud, awg, azn, bam, bbd, bdt, bgn, bif, bmd, bnd, bob, brl, bsd, bwp, byn, " +
  "bzd, cad, cdf, chf, clp, cny, cop, crc, cve, czk, djf, dkk, dop, dzd, egp, etb, eur, fjd, fkp, gbp, gel, gip, gmd, " +
  "gnf, gtq, gyd, hkd, hnl, htg, huf, idr, ils, inr, isk, jmd, jpy, kes, kgs, khr, kmf, krw, kyd, kzt, lak, lbp, lkr, " +
  "lrd, lsl, mad, mdl, mga, mkd, mmk, mnt, mop, mur, mvr, mwk, mxn, myr, mzn, nad, ngn, nio, nok, npr, nzd, pab, pen, " +
  "pgk, php, pkr, pln, pyg, qar, ron, rsd, rub, rwf, sar, sbd, scr, sek, sgd, shp, sle, sos, srd, std, szl, thb, tjs, " +
  "top, try, ttd, twd, tzs, uah, ugx, uyu, uzs, vnd, vuv, wst, xaf, xcd, xof, xpf, yer, zar, zmw"
const currencies = new Set(supported.split(", "))

/**
 * Smallest charges in minor units (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). For the
 * other currencies Stripe takes half a dollar at the rate of the day; the simulator has no rates and takes any amount.
 */
const minimums = new Map(
  Object.entries({
    ...{
      usd: 50,
      aed: 200,
      aud: 50,
      bgn: 100,
      brl: 50,
      cad: 50,
      chf: 50,
      czk: 1_500,
      dkk: 250,
      eur: 50,
      gbp: 30,
    },
    ...{
      hkd: 400,
      huf: 17_500,
      inr: 50,
      jpy: 50,
      mxn: 1_000,
      myr: 200,
      nok: 300,
      nzd: 50,
      pln: 200,
      ron: 200,
    },
    ...{ sek: 300, sgd: 50, thb: 1_000 },
  }),
)

/** The currency in lower case. Throws a Stripe error for one that is not supported. */
export function readCurrency(text: string): string {
  const currency = /^[A-Za-z]{3}$/.test(text) ? text.toLowerCase() : text
  if (currencies.has(currency)) return currency
  const message = `Invalid currency: ${text}. Stripe currently supports these currencies: ${supported}`
  throw invalid(message, "currency")
}

/** Throws a Stripe error for an amount (minor units) that is not worth a charge. */
export function checkMinimum(amount: number, currency: string): void {
  const minimum = minimums.get(currency) ?? 1
  if (amount >= minimum) return
  const format = new Intl.NumberFormat("en", { style: "currency", currency })
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2
  const shown = `${format.format(minimum / 10 ** decimals)} ${currency}`
  throw invalid(`Amount must be at least ${shown}`, "amount", "amount_too_small")
}
