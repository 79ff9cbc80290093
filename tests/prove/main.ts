// `npm run prove [-- --seed N] [--short] [--only TEXT]`: see docs/operations/proof.md.
import { randomInt } from "node:crypto"
import { parseArgs } from "node:util"
import { carryOut, longPlans, type Row, shortPlans } from "./rows.ts"
import type { Result } from "./wave.ts"

const help = `npm run prove -- [--seed N] [--short] [--only TEXT]
  lets the whole shop fail in every way that is foreseen, and prints what came of the orders
  --seed N     the same load and the same fault points again; not the same timing
  --short      all at once and small: a minute and a half instead of half an hour
  --only TEXT  the rows whose name contains it
`

const FAULTS_SHOWN = 10

function lineOf({ name }: Row, result: Result): string {
  const { orders, ended, lost, samples, away, seconds, faults } = result
  return [
    faults.length === 0 ? "✔" : "✖",
    name.padEnd(52),
    `${ended}/${orders} ended`.padStart(14),
    `${lost} lost`.padStart(8),
    `${samples} samples`.padStart(12),
    `${away} away`.padStart(8),
    `${seconds.toFixed(0)} s`.padStart(7),
  ].join(" ")
}

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    short: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit()
}
const seed = Number(values.seed ?? randomInt(1_000_000))
if (!Number.isSafeInteger(seed)) throw new Error("--seed takes a whole number")
console.log(`seed ${seed}: npm run prove -- --seed ${seed}${values.short ? " --short" : ""}`)
let proved = 0
let failed = 0
for (const plan of values.short ? shortPlans : longPlans) {
  const rows = plan.rows.filter(({ name }) => name.includes(values.only))
  if (rows.length === 0) continue
  await carryOut({ ...plan, rows }, seed, (row, result) => {
    console.log(lineOf(row, result))
    if (result.done) console.log(`    ${result.done}`)
    for (const fault of result.faults.slice(0, FAULTS_SHOWN)) console.log(`    ${fault}`)
    if (result.faults.length === 0) proved++
    else failed++
  })
}
console.log(`${proved} proved, ${failed} not`)
process.exit(failed === 0 && proved > 0 ? 0 : 1)
