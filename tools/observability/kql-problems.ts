// Microsoft's own parser of KQL, compiled to JavaScript: it has no modules and puts its names among the globals.
import { createRequire } from "node:module"
import { logAnalyticsTables, type Tables } from "./log-analytics-schema.ts"

const require = createRequire(import.meta.url)
require("@kusto/language-service-next/bridge.min.js")
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js")

type Diagnostic = { readonly Severity: string; readonly Message: string; readonly Start: number }
type List<T> = { readonly Count: number; getItem(index: number): T }
type Constructors = Readonly<Record<string, new (...args: readonly unknown[]) => object>>

type Language = {
  readonly KustoCode: {
    ParseAndAnalyze(text: string, globals: object): { GetDiagnostics(): List<Diagnostic> }
  }
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } }
  readonly Symbols: {
    readonly ScalarTypes: { GetSymbol(type: string): object }
    readonly ColumnSymbol: Constructors
    readonly TableSymbol: Constructors
    readonly DatabaseSymbol: Constructors
  }
}

const { KustoCode, GlobalState, Symbols } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto
  .Language

function make(symbol: Constructors, name: string, ...args: readonly unknown[]): object {
  const Made = symbol[name]
  if (!Made) throw new Error(`the KQL parser has no constructor ${name}`)
  return new Made(...args)
}

function databaseOf(tables: Tables): object {
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const made = Object.entries(columns).map(([column, type]) =>
      make(Symbols.ColumnSymbol, "ctor", column, Symbols.ScalarTypes.GetSymbol(type)),
    )
    return make(Symbols.TableSymbol, "$ctor4", name, made)
  })
  return GlobalState.Default.WithDatabase(make(Symbols.DatabaseSymbol, "ctor", "workspace", symbols))
}

const workspace = databaseOf(logAnalyticsTables)

/** What is wrong with a query over the workspace: its syntax, a table, a column, a type. One line each. */
export function kqlProblems(query: string): string[] {
  const diagnostics = KustoCode.ParseAndAnalyze(query, workspace).GetDiagnostics()
  return Array.from({ length: diagnostics.Count }, (_, index) => diagnostics.getItem(index))
    .filter(({ Severity }) => Severity === "Error" || Severity === "Warning")
    .map(({ Message, Start }) => `${Message} At: ${query.slice(Start, Start + 30).split("\n")[0]}`)
}
