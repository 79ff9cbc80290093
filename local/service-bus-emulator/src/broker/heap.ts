/** A binary min-heap over numeric keys. */
export class MinHeap<T> {
  readonly #items: T[] = []
  readonly #key: (item: T) => number

  constructor(key: (item: T) => number) {
    this.#key = key
  }

  get size(): number {
    return this.#items.length
  }

  /** The item with the smallest key, left in place. */
  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    const key = this.#key(item)
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as T
      if (this.#key(above) <= key) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** Removes and returns the item with the smallest key. */
  pop(): T | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    const key = this.#key(last)
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#key(items[child + 1] as T) < this.#key(items[child] as T)) child++
      if (this.#key(items[child] as T) >= key) break
      items[at] = items[child] as T
      at = child
    }
    items[at] = last
    return top
  }
}
