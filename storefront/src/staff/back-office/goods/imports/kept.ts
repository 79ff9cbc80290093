import type { Part } from "./parts.ts"

/** A file that is being imported, kept by the browser until all of it was sent: a reload goes on where it was. */
export type Kept = {
  /** The Idempotency-Key under which the import is begun. */
  readonly key: string
  /** The import's id, once the shop has answered. */
  readonly id?: string
  readonly name: string
  readonly file: Blob
  readonly parts: readonly Part[]
  /** The parts, from 0 on, that the shop has. */
  readonly sent: readonly number[]
  /** Milliseconds. */
  readonly createdAt: number
}

/** As long as the shop keeps what became of the lines. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000
const STORE = "imports"

const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open("eshop-back-office", 1)
  request.onupgradeneeded = () =>
    request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("id", "id")
  return settled(request)
}

async function withStore<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await open()
  try {
    return await settled(work(database.transaction(STORE, mode).objectStore(STORE)))
  } finally {
    database.close()
  }
}

/** Keeps a file, or what became of it since. @throws DOMException where the browser has no room for it */
export async function keep(kept: Kept): Promise<Kept> {
  await withStore("readwrite", (store) => store.put(kept))
  return kept
}

export const forget = (key: string): Promise<undefined> =>
  withStore("readwrite", (store) => store.delete(key))

/** The file of an import, where this browser has it. */
export const keptOf = (id: string): Promise<Kept | undefined> =>
  withStore("readonly", (store) => store.index("id").get(id))

/** All files that are kept; those that are of no use any more are forgotten. */
export async function allKept(now = Date.now()): Promise<readonly Kept[]> {
  const all: Kept[] = await withStore("readonly", (store) => store.getAll())
  const isOld = ({ createdAt }: Kept) => createdAt < now - KEPT_MS
  await Promise.all(all.filter(isOld).map(({ key }) => forget(key)))
  return all.filter((kept) => !isOld(kept))
}
