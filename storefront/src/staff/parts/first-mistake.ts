import { useEffect } from "react"

/** Takes whoever sent a form to the first field that the shop found something wrong in. */
export function useFirstMistake(error: unknown): void {
  useEffect(() => {
    if (error) document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus()
  }, [error])
}
