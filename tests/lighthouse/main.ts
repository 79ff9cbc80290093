// `npm run lighthouse`: measures five pages of the shop, and fails where one is not good enough.
import { measurePages, tooLow } from "./measure.ts"

const pages = await measurePages()
console.table(
  Object.fromEntries(pages.map(({ page, scores }) => [page.replace(/[0-9a-f-]{36}/, "…"), scores])),
)
const problems = tooLow(pages)
for (const problem of problems) console.error(`✖ ${problem}`)
if (problems.length > 0) process.exitCode = 1
