export type Remembered<T> = {
  /** What is remembered of the key, else what is loaded. Those who ask at once share one load. */
  get(key: string): Promise<T>
  /** What is remembered of the key; undefined when nothing is. */
  peek(key: string): T | undefined
  /** Remembers this instead. */
  put(key: string, value: T): void
  forget(key: string): void
}

/**
 * Remembers what was loaded, by key, in this process and for a while. A load that fails is not remembered.
 * @param options.forMs how long, in milliseconds
 * @param options.max how many keys; the oldest goes first
 */
export function remember<T>(
  load: (key: string) => Promise<T>,
  { forMs, max }: { readonly forMs: number; readonly max: number },
): Remembered<T> {
  const known = new Map<string, { readonly value: T; readonly until: number }>()
  const loading = new Map<string, Promise<T>>()

  function peek(key: string): T | undefined {
    const entry = known.get(key)
    if (entry && entry.until > performance.now()) return entry.value
    known.delete(key)
    return undefined
  }

  function put(key: string, value: T): void {
    known.delete(key)
    if (known.size >= max) known.delete(known.keys().next().value as string)
    known.set(key, { value, until: performance.now() + forMs })
  }

  async function loadInto(key: string): Promise<T> {
    try {
      const value = await load(key)
      put(key, value)
      return value
    } finally {
      loading.delete(key)
    }
  }

  return {
    peek,
    put,
    forget: (key) => void known.delete(key),
    async get(key) {
      const value = peek(key)
      if (value !== undefined) return value
      const shared = loading.get(key) ?? loadInto(key)
      if (!loading.has(key)) loading.set(key, shared)
      return await shared
    },
  }
}
