/** What an orchestration asks of the task hub: the commands of an episode, and the messages they send to entities. */

export type Command =
  | { kind: "activity"; id: number; name: string; input: string }
  | { kind: "timer"; id: number; fireAt: number }
  | {
      kind: "subOrchestration"
      id: number
      name: string
      instanceId?: string
      version?: string
      input: string
    }
  | { kind: "entityMessage"; id: number; target: string; eventName: string; message: EntityMessage }

/** An entity by its name and key. */
export type EntityName = { name: string; key: string }

/** The request that travels to an entity, with the field names of the extension's wire format. */
export type EntityMessage = {
  id: string
  op?: string
  signal?: boolean
  /** JSON text. */
  input?: string
  parent?: string
  parentExecution?: string
  /** ISO time before which a scheduled signal is not delivered. */
  due?: string
  lockset?: EntityName[]
  pos?: number
}

/** The id of an entity's scheduler instance, `@name@key` with the name in lower case. */
export function schedulerId(entity: EntityName): string {
  return `@${entity.name.toLowerCase()}@${entity.key}`
}

/** Whether the id of an instance is that of an entity; no orchestration may have one that begins so. */
export function isEntityId(id: string): boolean {
  return id.startsWith("@")
}

/** Name and key of an entity by the id of its scheduler instance. */
export function entityName(id: string): EntityName {
  const separator = id.indexOf("@", 1)
  return { name: id.slice(1, separator), key: id.slice(separator + 1) }
}
