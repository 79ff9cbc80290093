// `npm run orders`: what an operator does to the orders of the running shop.
import { readFile, writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { connections, defaultPorts } from "./settings.ts"
import { portOption, runCommand } from "./shop/command.ts"
import { orderOperations } from "./shop/order-operations.ts"
import { keepersOfKeys, privacyOperations, readErasures } from "./shop/privacy-operations.ts"
import { verifyOrders } from "./shop/verify-orders.ts"

const USAGE = `npm run orders -- COMMAND [options]
  rebuild             rebuilds the customers' order list from the orders' streams
  reconcile-coupons   brings Discount's redemptions to what Ordering knows of its orders
  erasures            whom the contexts have forgotten, a JSON object per line; --to FILE writes them there
  erase-again         forgets them again in every context, after a store was restored from a backup;
                      --from FILE takes those of a list as well
  rotate-keys         wraps the keys of personal data with the first version of PERSONAL_DATA_KEYS, and tells which
                      versions are needed no longer
  reconcile-payments  settles at the payment provider what a timeout or a crash has left open
  verify              walks all streams, computes sums again, verifies price proofs and digests
  --ordering-port N   where Ordering listens (${defaultPorts.ordering}); --catalog-port, --basket-port, --discount-port,
                      --identity-port likewise`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      "ordering-port": portOption("ordering"),
      "catalog-port": portOption("catalog"),
      "basket-port": portOption("basket"),
      "discount-port": portOption("discount"),
      "identity-port": portOption("identity"),
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const ports = {
    ...defaultPorts,
    ordering: Number(values["ordering-port"]),
    catalog: Number(values["catalog-port"]),
    basket: Number(values["basket-port"]),
    discount: Number(values["discount-port"]),
    identity: Number(values["identity-port"]),
  }
  const { identity, apps } = connections(ports, "", false)
  const privacy = privacyOperations({ identity, apps })
  const operations = orderOperations({ identity, ordering: apps.ordering, discount: apps.discount })
  switch (positionals.join(" ")) {
    case "rebuild": {
      const orders = await operations.rebuild((pending) => console.log(`  ${pending} orders are left`))
      return console.log(`The list of ${orders} orders is rebuilt.`)
    }
    case "verify": {
      const urls = { identity, ordering: apps.ordering, basket: apps.basket }
      const { orders, proofs, digests, problems } = await verifyOrders(urls, (count) =>
        console.log(`  ${count} orders`),
      )
      for (const problem of problems) console.log(`✗ ${problem}`)
      const outcome = problems.length === 0 ? "all hold" : `${problems.length} problems`
      console.log(`${orders} orders, ${proofs} price proofs, ${digests} digests: ${outcome}.`)
      if (problems.length > 0) process.exitCode = 1
      return
    }
    case "reconcile-coupons": {
      const { changed, unchanged, refused } = await operations.reconcileCoupons()
      return console.log(`Redemptions: ${changed} mended, ${unchanged} right already, ${refused} refused.`)
    }
    case "erasures": {
      const lines = (await privacy.erased()).map((erased) => `${JSON.stringify(erased)}\n`).join("")
      if (values.to === undefined) return void process.stdout.write(lines)
      return await writeFile(values.to, lines, { mode: 0o600 })
    }
    case "erase-again": {
      const listed = values.from === undefined ? [] : readErasures(await readFile(values.from, "utf8"))
      const erased = await privacy.eraseAgain(listed, (done) => console.log(`  ${done} customers are done`))
      return console.log(`${erased} customers are forgotten again in every context.`)
    }
    case "rotate-keys":
      for (const app of keepersOfKeys) {
        const { rewrapped, versions } = await privacy.rotateKeys(app, (done) =>
          console.log(`  ${app}: ${done}`),
        )
        const needed = versions.map(({ version, keys }) => `${version} (${keys} keys)`).join(", ")
        console.log(
          `${app}: ${rewrapped} keys wrapped anew. Needed: ${needed || "none"}; any other version can go.`,
        )
      }
      return
    case "reconcile-payments": {
      const told = await operations.reconcilePayments()
      const { right, waiting, voided, refunded, noted, reported, alarms, settledUntil } = told
      console.log(`Payments, refunds and reports: ${right} right, ${waiting} waiting.`)
      console.log(
        `Payments: ${voided} voided, ${refunded} refunded. Refunds made at the provider: ${noted} noted.`,
      )
      console.log(`Failed refunds and disputes of which no report had come: ${reported} reports taken.`)
      if (alarms > 0) console.log(`${alarms} need a person: Ordering's log names them (payment-mismatch).`)
      return console.log(`All that was made before ${settledUntil} has been looked at.`)
    }
    default:
      throw new Error(USAGE)
  }
}

runCommand(main)
