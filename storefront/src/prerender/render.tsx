import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router"
import { renderToString } from "react-dom/server"
import { shopRouter } from "../app/router.tsx"
import { basepathOf, type Language, speak } from "../texts/texts.ts"
import type { Answer } from "./take-prerendered.ts"

/** A page's policy lets no style in that HTML brings along; what such a style says is the script's to set. */
const withoutStyles = (html: string): string => html.replaceAll(/ style="[^"]*"/g, "")

/**
 * A page as the script shows it first, to a guest with an empty cart. One at a time: the texts' language is everybody's.
 * @param address with the language's prefix
 * @param answers what the API says of it; the page asks for nothing else
 */
export async function render(
  address: string,
  language: Language,
  answers: readonly Answer[],
): Promise<string> {
  await speak(language)
  const client = new QueryClient()
  for (const { key, data } of answers) client.setQueryData(key, data)
  const router = shopRouter({
    basepath: basepathOf(language),
    history: createMemoryHistory({ initialEntries: [address] }),
    // It would bring a script along.
    scrollRestoration: false,
  })
  await router.load()
  const html = renderToString(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  client.clear()
  return withoutStyles(html)
}
