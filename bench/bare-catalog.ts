// Catalog's reads without Catalog: `node:http`, `pg` and the statements as the app sends them. What any server on this
// machine can do at best. Takes the database's URL, prints the port that it listens on.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { connectPostgres } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import { postgresProducts } from "../functions/catalog/src/adapters/postgres-products.ts"
import { postgresSearch } from "../functions/catalog/src/adapters/postgres-search.ts"
import { searchStatement } from "../functions/catalog/src/adapters/search-statement.ts"
import { beginningsOf, correctionOf, termsOf } from "../functions/catalog/src/search/search-text.ts"

type Statement = { readonly name?: string; readonly text: string; readonly values?: unknown[] }

/** The statements that a call of an adapter sends first. */
function statementsOf(call: (pool: pg.Pool) => unknown): Statement[] {
  const sent: Statement[] = []
  const recorder = {
    query(statement: Statement) {
      sent.push(statement)
      return new Promise(() => {})
    },
  }
  call(recorder as unknown as pg.Pool)
  return sent
}

function statementsFor(path: string, query: URLSearchParams): Statement[] {
  const [list, id] = path.slice(1).split("/")
  if (list === "products" && id) return statementsOf((pool) => postgresProducts(pool).find(id))
  if (list === "products")
    return statementsOf((pool) => {
      const products = postgresProducts(pool)
      products.list({ status: "published" }, { sort: "name", limit: 21, language: "en" })
      products.count({ status: "published" })
    })
  const q = query.get("q") ?? ""
  if (list === "suggestions") return statementsOf((to) => postgresSearch(to).suggest(beginningsOf(q), "en"))
  const terms = termsOf(q, "en")
  const asked = {
    ...({ language: "en", shownIn: "en", filters: {}, sort: "relevance", limit: 21 } as const),
    terms,
  }
  const exact = searchStatement(asked, true).query
  const correction = correctionOf(q, "en", vocabulary)
  if (!correction) return [exact]
  return [exact, searchStatement({ ...asked, terms: correction.terms, exact: terms }, true).query]
}

const [, , url = ""] = process.argv
const pool = connectPostgres(url)
const vocabulary = await postgresSearch(pool).vocabulary("en")
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost")
  const answers = await Promise.all(
    statementsFor(pathname, searchParams).map((statement) => pool.query(statement as pg.QueryConfig)),
  )
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify(answers.map(({ rows }) => rows)))
})
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port))
