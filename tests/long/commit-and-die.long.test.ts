import { publishesEachOnce } from "../prove/published-once.ts"

publishesEachOnce(10_000)
