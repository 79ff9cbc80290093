import "../design/tokens.css"
import "../design/base.css"
import "../design/components.css"
import "./staff.css"
import "./parts/parts.css"
import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { connectApi } from "../api/api.ts"
import { traceActions } from "../api/trace.ts"
import { queryClient } from "../app/query-client.ts"
import { staffDoor } from "../session/door.ts"
import { accessToken, beginSession } from "../session/session.ts"
import { loadTexts } from "../texts/texts.ts"

async function begin(): Promise<void> {
  traceActions(async (action) => (await import("../api/report-action.ts")).reportAction(action))
  connectApi("", accessToken)
  const [who] = await Promise.all([
    beginSession(staffDoor).catch((error: unknown) => {
      // Without the provider nobody is known, and the page says so; the next load asks again.
      console.warn("The sign-in could not be taken up.", error)
      return "guest" as const
    }),
    loadTexts(),
  ])
  if (who === "leaving") return
  // The pages say things in the language of the time at which they are loaded.
  const { router } = await import("./router.tsx")
  createRoot(document.getElementById("staff") as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}

void begin()
