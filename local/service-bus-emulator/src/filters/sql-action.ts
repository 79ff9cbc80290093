import type { PropertyChanges } from "../broker/message.ts"
import type { MessageProperties } from "../message/edit.ts"
import type { PropertyField } from "../message/sections.ts"
import { evaluate, propertyKey, SqlEvaluationError } from "./sql-evaluate.ts"
import { parseAction } from "./sql-parser.ts"
import { systemProperties } from "./system-properties.ts"

/** What an action changes on a message; `undefined` removes. */
export interface ActionChanges {
  application: PropertyChanges
  system: Partial<Record<PropertyField, unknown>>
}

/** Compiles a SQL rule action. Statements run in order and see the changes of those before. Throws a SqlSyntaxError. */
export function compileAction(source: string): (message: MessageProperties) => ActionChanges {
  const statements = parseAction(source)
  return (message) => {
    const current = { system: { ...message.system }, application: new Map(message.application) }
    const changes: ActionChanges = { application: {}, system: {} }
    for (const statement of statements) {
      const { name, scope } = statement.property
      const value = statement.kind === "set" ? evaluate(statement.value, current) : undefined
      if (scope === "sys") {
        const field = systemProperties.get(name.toLowerCase())
        if (!field) throw new SqlEvaluationError(`sys.${name} cannot be changed.`)
        current.system[field] = value
        changes.system[field] = typeof value === "bigint" ? String(value) : value
      } else {
        const key = propertyKey(name, current) ?? name
        if (value === undefined) current.application.delete(key)
        else current.application.set(key, value)
        changes.application[key] = value
      }
    }
    return changes
  }
}
