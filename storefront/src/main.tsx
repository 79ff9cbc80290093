import "./design/tokens.css"
import "./design/base.css"
import "./design/components.css"
import "./design/shop.css"
import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { flushSync } from "react-dom"
import { createRoot } from "react-dom/client"
import { connectApi } from "./api/api.ts"
import { traceActions } from "./api/trace.ts"
import { queryClient } from "./app/query-client.ts"
import { shopRouter } from "./app/router.tsx"
import { followOtherTabs, mergeGuestCart } from "./cart/cart.ts"
import { takePrerendered } from "./prerender/take-prerendered.ts"
import { shopDoor } from "./session/door.ts"
import { accessToken, beginSession } from "./session/session.ts"
import { basepathOf, languageOfAddress, loadTexts } from "./texts/texts.ts"

async function begin(): Promise<void> {
  // Of no use to the first page.
  traceActions(async (action) => (await import("./api/report-action.ts")).reportAction(action))
  connectApi("", accessToken)
  followOtherTabs()
  const [who] = await Promise.all([
    beginSession(shopDoor).catch((error: unknown) => {
      // Without the provider the shop is open all the same; the next load asks again.
      console.warn("The sign-in could not be taken up.", error)
      return "guest" as const
    }),
    loadTexts(),
  ])
  if (who === "leaving") return
  // Without a guest, and when it is said twice, it changes nothing.
  if (who === "signed-in") mergeGuestCart().catch(() => {})
  const router = shopRouter({ basepath: basepathOf(languageOfAddress(location.pathname)) })
  const pages = (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>
  )
  const shop = document.getElementById("shop") as HTMLElement
  if (!takePrerendered(queryClient)) {
    createRoot(shop).render(pages)
    return
  }
  // What was prerendered stays until the same page is there as a whole: nothing flashes, nothing moves.
  await router.load()
  const live = document.createElement("div")
  live.id = shop.id
  flushSync(() => createRoot(live).render(pages))
  shop.replaceWith(live)
}

void begin()
