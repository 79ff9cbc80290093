/**
 * A stand-in for the azurerm provider: it speaks Terraform's plugin protocol, serves the committed schema and plans
 * every resource as "created, computed values known after apply". Terraform attaches to it by the environment
 * variable TF_REATTACH_PROVIDERS, so one process serves every command and `init` downloads nothing.
 * It cannot apply: nothing here reaches Azure.
 */
import { join } from "node:path"
import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js"
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from "@grpc/grpc-js"
import { loadSync } from "@grpc/proto-loader"
import { decode, ExtData, encode } from "@msgpack/msgpack"
import { type Block, type ProviderSchema, readSchema } from "./schema.ts"

const nesting = { single: 1, list: 2, set: 3 }
/** Cty's encoding of a value that is not known yet: extension type 0. */
const unknown = new ExtData(0, new Uint8Array(1))

type Json = Record<string, unknown>
type DynamicValue = { msgpack?: Uint8Array; json?: Uint8Array }

export type OfflineProvider = {
  /** Environment for every terraform command that shall use the stand-in. */
  env: Record<string, string>
  /** The azurerm version whose schema is served. */
  version: string
  close: () => void
}

const read = (value: DynamicValue | null): unknown =>
  value?.msgpack?.length ? decode(value.msgpack) : value?.json?.length ? JSON.parse(String(value.json)) : null
const write = (value: unknown): DynamicValue => ({ msgpack: encode(value) })

function blockMessage(block: Block): Json {
  return {
    attributes: Object.entries(block.attributes ?? {}).map(([name, { type, ...flags }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      ...flags,
    })),
    block_types: Object.entries(block.block_types ?? {}).map(([type_name, nested]) => ({
      type_name,
      nesting: nesting[nested.nesting_mode],
      min_items: nested.min_items,
      max_items: nested.max_items,
      block: blockMessage(nested.block),
    })),
  }
}

const schemaMessage = (block: Block) => ({ version: 0, block: blockMessage(block) })
const schemaMessages = (types: Record<string, Block>) =>
  Object.fromEntries(Object.entries(types).map(([name, block]) => [name, schemaMessage(block)]))

/** A block that Azure fills in when the configuration has none, such as a cluster's `kubelet_identity`. */
const isFilledByAzure = ({ attributes = {}, block_types = {} }: Block) =>
  Object.keys(attributes).length > 0 &&
  Object.keys(block_types).length === 0 &&
  Object.values(attributes).every((attribute) => attribute.computed)

/**
 * What the provider would answer to a plan: the proposed values, with every computed value that the configuration
 * leaves open filled by `open` (unknown in a plan), and write-only arguments forgotten.
 */
export function fillComputed(block: Block, value: unknown, open: (name: string) => unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof ExtData) return value
  const filled: Json = { ...value }
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    if (attribute.write_only) filled[name] = null
    else if (attribute.computed && filled[name] === null) filled[name] = open(name)
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const child = filled[name]
    if (!Array.isArray(child)) filled[name] = fillComputed(nested.block, child, open)
    else if (child.length === 0 && isFilledByAzure(nested.block)) filled[name] = open(name)
    else filled[name] = child.map((item) => fillComputed(nested.block, item, open))
  }
  return filled
}

/** The answers that a data source gives offline: the same made-up text each time, a zero UUID where an id is asked. */
const madeUp = (name: string) =>
  name.endsWith("_id") || name === "id" ? "00000000-0000-0000-0000-000000000000" : name

type Request = {
  type_name: string
  config: DynamicValue | null
  prior_state: DynamicValue | null
  proposed_new_state: DynamicValue | null
  current_state: DynamicValue | null
  raw_state: { json: Uint8Array } | null
}

/** The protocol's methods as plain functions of the request. */
function methods(schema: ProviderSchema): Record<string, (request: Request) => Json> {
  const blockOf = (types: Record<string, Block>, name: string) => {
    const found = types[name]
    if (!found) throw new Error(`${name} is not in azurerm-schema.jsonl`)
    return found
  }
  return {
    GetSchema: () => ({
      provider: schemaMessage(schema.provider),
      resource_schemas: schemaMessages(schema.resources),
      data_source_schemas: schemaMessages(schema.dataSources),
    }),
    PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
    ValidateResourceTypeConfig: () => ({}),
    ValidateDataSourceConfig: () => ({}),
    UpgradeResourceState: ({ raw_state }) => ({
      upgraded_state: write(JSON.parse(String(raw_state?.json ?? "null"))),
    }),
    Configure: () => ({}),
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    PlanResourceChange: ({ type_name, proposed_new_state }) => ({
      planned_state: write(
        fillComputed(blockOf(schema.resources, type_name), read(proposed_new_state), () => unknown),
      ),
      // As azurerm's own answers: allows a block to be unknown as a whole.
      legacy_type_system: true,
    }),
    ApplyResourceChange: ({ prior_state }) => ({
      new_state: prior_state,
      diagnostics: [
        {
          severity: 1,
          summary: "The offline provider stand-in cannot apply",
          detail: "Use the real provider: unset TF_REATTACH_PROVIDERS and run terraform init again.",
        },
      ],
    }),
    ReadDataSource: ({ type_name, config }) => ({
      new_state: write(fillComputed(blockOf(schema.dataSources, type_name), read(config), madeUp)),
    }),
    Stop: () => ({}),
  }
}

/** Starts the stand-in on a free port of the loopback interface. */
export async function startOfflineProvider(): Promise<OfflineProvider> {
  const schema = readSchema()
  const definition = loadSync(join(import.meta.dirname, "provider.proto"), {
    keepCase: true,
    longs: Number,
    defaults: true,
  })
  const { tfplugin5 } = loadPackageDefinition(definition) as unknown as {
    tfplugin5: { Provider: ServiceClientConstructor }
  }
  const server = new Server({ "grpc.max_send_message_length": -1 })
  const handlers = Object.entries(methods(schema)).map(([name, method]) => [
    name,
    (call: ServerUnaryCall<Request, Json>, reply: sendUnaryData<Json>) => {
      try {
        reply(null, method(call.request))
      } catch (error) {
        reply(error as Error)
      }
    },
  ])
  server.addService(tfplugin5.Provider.service, Object.fromEntries(handlers))
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  const reattach = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
  }
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify({ "registry.terraform.io/hashicorp/azurerm": reattach }) },
    version: schema.source.version,
    close: () => server.forceShutdown(),
  }
}
