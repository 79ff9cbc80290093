import { type ReactNode, useEffect } from "react"

/** A page with its heading, which is the tab's title as well. */
export function Page({
  title,
  children,
  className = "",
  above,
}: {
  title: string
  children: ReactNode
  className?: string
  above?: ReactNode
}) {
  useTitle(title)
  return (
    <div className={`page ${className}`}>
      {above}
      <h1>{title}</h1>
      {children}
    </div>
  )
}

/** Names the tab, for as long as the page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · eShop`
  }, [title])
}
