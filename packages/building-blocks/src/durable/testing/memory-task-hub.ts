import type { HistoryLine, Instance, RuntimeStatus, TaskHub } from "../task-hub.ts"

type Kept = Instance & { readonly history: readonly HistoryLine[] }

const ended: readonly RuntimeStatus[] = ["Completed", "Failed", "Canceled", "Terminated"]
const after = { suspend: "Suspended", resume: "Running", terminate: "Terminated" } as const

/** A task hub that a test fills, in the order in which it does so. */
export function memoryTaskHub() {
  const kept = new Map<string, Kept>()
  const hub: TaskHub = {
    async page({ runtimeStatus, createdFrom, createdTo, idPrefix }, top, token) {
      const all = [...kept.values()].filter(
        (one) =>
          (!runtimeStatus || runtimeStatus.includes(one.runtimeStatus)) &&
          (!createdFrom || Date.parse(one.createdTime) >= Date.parse(createdFrom)) &&
          (!createdTo || Date.parse(one.createdTime) <= Date.parse(createdTo)) &&
          (!idPrefix || one.instanceId.startsWith(idPrefix)),
      )
      const from = Number(token ?? 0)
      const instances = all.slice(from, from + top).map((one) => ({ ...plain(one), input: null }))
      return { instances, ...(from + top < all.length && { token: String(from + top) }) }
    },
    async find(id) {
      const found = kept.get(id)
      return found && { ...plain(found), input: null }
    },
    findWithHistory: async (id) => kept.get(id),
    async control(id, control) {
      const found = kept.get(id)
      if (!found) return "unknown"
      if (ended.includes(found.runtimeStatus)) return "ended"
      kept.set(id, { ...found, runtimeStatus: after[control] })
      return "accepted"
    },
    purge: async (id) => kept.delete(id),
  }
  return {
    ...hub,
    /** Keeps an instance, or keeps it otherwise. */
    keep: (id: string, more: Partial<Kept> = {}) =>
      void kept.set(id, {
        ...{ instanceId: id, name: "checkout", runtimeStatus: "Running", input: null, customStatus: null },
        ...{ output: null, createdTime: "2026-11-01T10:00:00Z", lastUpdatedTime: "2026-11-01T10:00:00Z" },
        history: [],
        ...more,
      }),
  }
}

const plain = ({ history: _, ...instance }: Kept): Instance => instance
