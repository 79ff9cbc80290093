/** Reading what the orchestrator function handed back: a state, or an exception that carries one. */

import type { OrchestratorState } from "./actions.ts"

const stateLabel = "\n\n$OutOfProcData$:"

/**
 * The state inside the message of a failed orchestrator; when user code failed before the library could say
 * anything (a syntax error, a missing handler), a state with that message.
 */
export function failureOf(message: string): OrchestratorState {
  const index = message.indexOf(stateLabel)
  if (index < 0) return { isDone: false, actions: [[]], error: message }
  const state = JSON.parse(message.slice(index + stateLabel.length)) as OrchestratorState
  return { ...state, isDone: false, error: state.error ?? "" }
}
