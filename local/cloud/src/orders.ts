// `npm run orders`: what an operator does to the orders of the running shop.
import { parseArgs } from "node:util"
import { connections, defaultPorts } from "./settings.ts"
import { portOption, runCommand } from "./shop/command.ts"
import { orderOperations } from "./shop/order-operations.ts"

const USAGE = `npm run orders -- COMMAND [options]
  rebuild             rebuilds the customers' order list from the orders' streams
  reconcile-coupons   brings Discount's redemptions to what Ordering knows of its orders
  --ordering-port N   where Ordering listens (${defaultPorts.ordering}); --discount-port, --identity-port likewise`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "ordering-port": portOption("ordering"),
      "discount-port": portOption("discount"),
      "identity-port": portOption("identity"),
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const ports = {
    ...defaultPorts,
    ordering: Number(values["ordering-port"]),
    discount: Number(values["discount-port"]),
    identity: Number(values["identity-port"]),
  }
  const { identity, apps } = connections(ports, "", false)
  const operations = orderOperations({ identity, ordering: apps.ordering, discount: apps.discount })
  switch (positionals.join(" ")) {
    case "rebuild": {
      const orders = await operations.rebuild((pending) => console.log(`  ${pending} orders are left`))
      return console.log(`The list of ${orders} orders is rebuilt.`)
    }
    case "reconcile-coupons": {
      const { changed, unchanged, refused } = await operations.reconcileCoupons()
      return console.log(`Redemptions: ${changed} mended, ${unchanged} right already, ${refused} refused.`)
    }
    default:
      throw new Error(USAGE)
  }
}

runCommand(main)
