import { createHash } from "node:crypto"
import { readdir } from "node:fs/promises"
import { TableClient, TableServiceClient } from "@azure/data-tables"
import { noticesIn } from "@eshop/local-cloud/cloud"
import { developmentSecrets } from "@eshop/local-cloud/settings"
import type { RunningShop } from "./running-shop.ts"

/** Rows and digest of everything that the shop keeps, by the name of the table. */
export type Kept = Record<string, string>

/** How far a timer has come, whoever calls meanwhile. */
const ofTimers = ["public.order_watch", "public.provider_reconciliation"]

const summary = (rows: readonly string[]): string =>
  `${rows.length} ${createHash("sha256").update(rows.toSorted().join("\n")).digest("hex")}`

async function inPostgres(running: RunningShop, context: "catalog" | "basket" | "ordering"): Promise<Kept> {
  const tables = await running.sql<{ name: string }>(
    context,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const kept: Kept = {}
  for (const { name } of tables) {
    if (ofTimers.includes(name)) continue
    const rows = await running.sql<{ row: string }>(context, `SELECT t::text AS row FROM ${name} t`)
    kept[`${context} ${name}`] = summary(rows.map(({ row }) => row))
  }
  return kept
}

async function inTables(connectionString: string): Promise<Kept> {
  const options = { allowInsecureConnection: true }
  const kept: Kept = {}
  for await (const { name = "" } of TableServiceClient.fromConnectionString(
    connectionString,
    options,
  ).listTables()) {
    const rows: string[] = []
    for await (const { timestamp: _, ...entity } of TableClient.fromConnectionString(
      connectionString,
      name,
      options,
    ).listEntities())
      rows.push(JSON.stringify(entity))
    kept[`discount ${name}`] = summary(rows)
  }
  return kept
}

/** Everything that the shop keeps: its databases with their streams, outboxes and audits, tables, payments, notices. */
export async function everythingKept(running: RunningShop): Promise<Kept> {
  const { connections, dataDir } = running.cloud
  const payments = await fetch(`${connections.payments}/v1/test_helpers/summary`, {
    headers: { authorization: `Bearer ${developmentSecrets.paymentApiKey}` },
  })
  return {
    ...(await inPostgres(running, "catalog")),
    ...(await inPostgres(running, "basket")),
    ...(await inPostgres(running, "ordering")),
    ...(await inTables(connections.storage)),
    payments: await payments.text(),
    notices: summary(await readdir(noticesIn(dataDir)).catch(() => [])),
  }
}
