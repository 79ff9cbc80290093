/** A host in its own process, for tests that kill it: prints its address when it listens. */

import { startHost } from "../../host.ts"
import { createDurableExtension } from "../extension.ts"

const [scriptRoot, stateDir] = process.argv.slice(2) as [string, string]
const host = await startHost({ scriptRoot, stateDir, port: 0, extensions: [createDurableExtension()] })
console.log(host.baseUrl)
// Ends with the test, however that ends.
process.stdin.on("end", () => process.exit()).resume()
