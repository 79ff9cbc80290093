export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">="
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%"

/** A value of a message property or constant. `undefined` is unknown: a missing property, or NULL. */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | undefined

export interface PropertyReference {
  kind: "property"
  scope: "sys" | "user"
  name: string
  at: number
}

/** An expression that yields a value. Integers are bigint (Int64 in Azure), other numbers are doubles. */
export type SqlExpression =
  | { kind: "constant"; value: SqlValue; at: number }
  | PropertyReference
  | { kind: "propertyCall"; name: SqlExpression; at: number }
  | { kind: "newid"; at: number }
  | { kind: "negate"; operand: SqlExpression; at: number }
  | {
      kind: "arithmetic"
      operator: ArithmeticOperator
      left: SqlExpression
      right: SqlExpression
      at: number
    }

/** An expression that is true, false or unknown. */
export type SqlPredicate =
  | { kind: "and" | "or"; left: SqlPredicate; right: SqlPredicate; at: number }
  | { kind: "not"; operand: SqlPredicate; at: number }
  | { kind: "compare"; operator: ComparisonOperator; left: SqlExpression; right: SqlExpression; at: number }
  | {
      kind: "like"
      operand: SqlExpression
      pattern: SqlExpression
      escape: SqlExpression | undefined
      at: number
    }
  | { kind: "in"; operand: SqlExpression; items: SqlExpression[]; at: number }
  | { kind: "isNull"; operand: SqlExpression; at: number }
  | { kind: "exists"; property: PropertyReference; at: number }

/** A statement of a rule action. */
export type SqlStatement =
  | { kind: "set"; property: PropertyReference; value: SqlExpression }
  | { kind: "remove"; property: PropertyReference }
