import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel"

/** What counts as a failure of the other side: everything but our own refusal to ask it. */
export const failures = handleWhen((error) => !(error instanceof BrokenCircuitError))

/** Spares another side that has failed ten times in a row: nobody asks it for two seconds, then one call tries. */
export const circuit = (policy = failures): CircuitBreakerPolicy =>
  circuitBreaker(policy, { halfOpenAfter: 2_000, breaker: new ConsecutiveBreaker(10) })
