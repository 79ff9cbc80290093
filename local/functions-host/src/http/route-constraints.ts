/** The inline route constraints of ASP.NET Core (`{id:int}`): each gives a check of the segment's text. */

const simple: Record<string, (value: string) => boolean> = {
  int: (value) => isInteger(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: (value) => isInteger(value, -(2n ** 63n), 2n ** 63n - 1n),
  bool: (value) => /^\s*(true|false)\s*$/i.test(value),
  guid: isGuid,
  alpha: (value) => /^[a-z]*$/i.test(value),
  datetime: (value) => /\d/.test(value) && !Number.isNaN(Date.parse(value)),
  decimal: (value) => /^\s*[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?\s*$/.test(value) && /\d/.test(value),
  double: isFloat,
  float: isFloat,
  required: (value) => value !== "",
  file: (value) => /\.[^/]*[^./]$/.test(lastSegment(value)),
  nonfile: (value) => !/\.[^/]*[^./]$/.test(lastSegment(value)),
}

const withArguments: Record<string, (argument: string) => (value: string) => boolean> = {
  length(argument) {
    const [min, max = min] = integers(argument, "length", 2)
    return (value) => value.length >= Number(min) && value.length <= Number(max)
  },
  minlength(argument) {
    const [min] = integers(argument, "minlength", 1)
    return (value) => value.length >= Number(min)
  },
  maxlength(argument) {
    const [max] = integers(argument, "maxlength", 1)
    return (value) => value.length <= Number(max)
  },
  min(argument) {
    const [min] = integers(argument, "min", 1) as [bigint]
    return (value) => isInteger(value, min, 2n ** 63n - 1n)
  },
  max(argument) {
    const [max] = integers(argument, "max", 1) as [bigint]
    return (value) => isInteger(value, -(2n ** 63n), max)
  },
  range(argument) {
    const [min, max] = integers(argument, "range", 2) as [bigint, bigint]
    return (value) => isInteger(value, min, max)
  },
  regex(argument) {
    const pattern = new RegExp(argument.replaceAll("\\\\", "\\"), "i")
    return (value) => pattern.test(value)
  },
}

/** The check for one inline constraint, e.g. `int` or `range(1,10)`. Throws when the constraint is unknown. */
export function constraintCheck(constraint: string): (value: string) => boolean {
  const match = /^([a-z]+)(?:\(([\s\S]*)\))?$/i.exec(constraint.trim())
  const name = match?.[1]?.toLowerCase() ?? ""
  const argument = match?.[2]
  const check =
    argument === undefined
      ? Object.hasOwn(simple, name) && simple[name]
      : Object.hasOwn(withArguments, name) && withArguments[name]?.(argument)
  if (!check) {
    throw new Error(`The constraint reference '${constraint}' could not be resolved to a type.`)
  }
  return check
}

function integers(argument: string, name: string, count: number): bigint[] {
  const values = argument.split(",").map((part) => part.trim())
  if (values.length > count || !values.every((value) => /^[+-]?\d+$/.test(value))) {
    throw new Error(`The route constraint '${name}(${argument})' needs whole numbers`)
  }
  return values.map((value) => BigInt(value))
}

function isInteger(value: string, min: bigint, max: bigint): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false
  const number = BigInt(value.trim().replace(/^\+/, ""))
  return number >= min && number <= max
}

function isFloat(value: string): boolean {
  return (
    /^\s*[+-]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ||
    /^[+-]?(nan|infinity|∞)$/i.test(value)
  )
}

function isGuid(value: string): boolean {
  const bare = /^\{.*\}$|^\(.*\)$/.test(value) ? value.slice(1, -1) : value
  return /^[0-9a-f]{32}$/i.test(value) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare)
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
