import { publishesEachOnce } from "./published-once.ts"

// `npm run ci:long` has 10,000.
publishesEachOnce(1_000)
