/**
 * Lets those who ask for the same at once share a read, so that a page that everybody looks at costs the store little. A
 * read is shared only by who asked before it began: nobody is told less than what had been committed when they asked.
 * @param read what is read of a key
 * @returns what reads a key
 */
export function sharedReads<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  function begin(key: string): Promise<T> {
    next.delete(key)
    const reading = read(key).finally(() => {
      if (running.get(key) === reading) running.delete(key)
    })
    running.set(key, reading)
    return reading
  }

  return (key) => {
    const current = running.get(key)
    if (!current) return begin(key)
    const waiting =
      next.get(key) ??
      current.then(
        () => begin(key),
        () => begin(key),
      )
    next.set(key, waiting)
    return waiting
  }
}
