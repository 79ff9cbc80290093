import { useRef } from "react"
import { newKey } from "../../api/api.ts"

/**
 * The Idempotency-Key of what is sent: the same for the same content, however often it is sent, and another one for
 * another content, as long as the form is open.
 */
export function useKeyOf(): (content: unknown) => string {
  const keys = useRef(new Map<string, string>())
  return (content) => {
    const text = JSON.stringify(content) ?? ""
    const key = keys.current.get(text) ?? newKey()
    keys.current.set(text, key)
    return key
  }
}
