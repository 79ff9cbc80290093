/** Reading what the orchestrator function handed back: a state, or an exception that carries one. */

import type { OrchestratorState } from "./actions.ts"

const stateLabel = "\n\n$OutOfProcData$:"

/**
 * The state inside the message of a failed orchestrator; when user code failed before the library could say
 * anything (a syntax error, a missing handler), a state with that message.
 */
export function failureOf(message: string): OrchestratorState {
  // The last one: a message of user code may hold the label, the JSON behind it has no line breaks.
  const index = message.lastIndexOf(stateLabel)
  const state = index < 0 ? undefined : parsedState(message.slice(index + stateLabel.length))
  return state
    ? { ...state, isDone: false, error: state.error ?? "" }
    : { isDone: false, actions: [[]], error: message }
}

/** What an orchestrator function returned, as JSON text; a failure when it was not made by the library. */
export function stateOf(text: string): OrchestratorState {
  return parsedState(text) ?? failureOf("Out of proc orchestrators must return a valid JSON schema")
}

function parsedState(text: string): OrchestratorState | undefined {
  try {
    const state = JSON.parse(text) as OrchestratorState | null
    return Array.isArray(state?.actions) ? state : undefined
  } catch {
    return undefined
  }
}
