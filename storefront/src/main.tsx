import "./design/tokens.css"
import "./design/base.css"
import "./design/components.css"
import "./design/shop.css"
import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { connectApi } from "./api/api.ts"
import { traceActions } from "./api/trace.ts"
import { queryClient } from "./app/query-client.ts"
import { router } from "./app/router.tsx"
import { followOtherTabs, mergeGuestCart } from "./cart/cart.ts"
import { shopDoor } from "./session/door.ts"
import { accessToken, beginSession } from "./session/session.ts"
import { loadTexts } from "./texts/texts.ts"

async function begin(): Promise<void> {
  traceActions()
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
  createRoot(document.getElementById("shop") as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}

void begin()
