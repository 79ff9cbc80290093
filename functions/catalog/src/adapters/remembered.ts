/** Remembers what a function answered for a while; who asks meanwhile waits for the same answer. */
export function remembered<K, T>(forMs: number, ask: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const answers = new Map<K, { readonly until: number; readonly answer: Promise<T> }>()
  return (key) => {
    const known = answers.get(key)
    if (known && known.until > Date.now()) return known.answer
    const answer = ask(key)
    answers.set(key, { until: Date.now() + forMs, answer })
    answer.catch(() => answers.delete(key))
    return answer
  }
}
