/** What the host prints when a version of the app is loaded, in the manner of `func start`. */
import { errorText, type FunctionEntry } from "./function-model.ts"
import { orderDifferences, templateOf } from "./http/router.ts"
import type { HostOutput } from "./output.ts"
import type { Serving } from "./serving.ts"

/** Prints the list of functions, then what is disabled, broken or doubtful. */
export function announce({ app, routes, configuration }: Serving, baseUrl: string, output: HostOutput): void {
  for (const warning of configuration.warnings) output.write("warning", "Host.Configuration", warning)
  output.write("information", "Host.Startup", "Worker process started and initialized.")
  output.plain(functionList(app.functions, baseUrl, (entry) => templateOf(routes, entry.metadata.name)))
  for (const entry of app.functions) {
    if (entry.disabled)
      output.write("information", "Host.Startup", `Function ${entry.metadata.name} is disabled`)
    if (entry.error) output.write("error", "Host.Startup", errorText(entry))
  }
  for (const difference of orderDifferences(routes)) output.write("warning", "Host.Http", difference)
  if (app.functions.length > 0) return
  const main = app.main === undefined ? 'has no "main"' : `names "main": ${JSON.stringify(app.main)}`
  output.write(
    "warning",
    "Host.Startup",
    `No job functions found. The package.json in ${app.runtime.scriptRoot} ${main}; the files that "main" matches ` +
      "must call app.http(…), app.timer(…) and so on of @azure/functions 4 while they load.",
  )
}

function functionList(
  entries: readonly FunctionEntry[],
  baseUrl: string,
  route: (entry: FunctionEntry) => string | undefined,
): string {
  const runnable = entries.filter((entry) => entry.registered && !entry.disabled)
  const isHttp = (entry: FunctionEntry) => entry.registered?.trigger.type.toLowerCase() === "httptrigger"
  const lines = ["", "Functions:", ""]
  for (const entry of runnable.filter(isHttp)) {
    const methods = entry.registered?.trigger.methods as string[] | undefined
    const list = methods?.length ? `[${methods.join(",")}] ` : ""
    lines.push(`\t${entry.metadata.name}: ${list}${baseUrl}/${route(entry)}`, "")
  }
  for (const entry of runnable.filter((each) => !isHttp(each))) {
    lines.push(`\t${entry.metadata.name}: ${entry.registered?.trigger.type}`, "")
  }
  return lines.join("\n")
}
