import { execFileSync } from "node:child_process"

/** The processes of this machine, each with its parent. */
function parents(): Map<number, number> {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n")
  return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]))
}

/** A process, the processes that it has started, and those that these have started. Not on Windows. */
export function withDescendants(pid: number): number[] {
  const parentOf = parents()
  const found = [pid]
  for (const one of found) {
    for (const [child, parent] of parentOf) if (parent === one) found.push(child)
  }
  return found
}
