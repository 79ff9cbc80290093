/** Unique codes that were asked for together. */
export type Batch = {
  readonly id: string
  /** The coupon that they are of. */
  readonly series: string
  readonly count: number
  readonly createdAt: Date
}

/** A unique code, without its series. */
export type UniqueCode = {
  readonly suffix: string
  readonly batchId: string
  /** The order that uses it. */
  readonly orderId?: string | undefined
}

export type Codes = {
  /** Adds a batch that a follow-up will make. @returns the batch of this id: this, unless another was first */
  addBatch(batch: Batch): Promise<Batch>
  findBatch(id: string): Promise<Batch | undefined>
  /** The batches of a coupon by their id. @param after the last one of the page before */
  batches(series: string, limit: number, after?: string): Promise<readonly Batch[]>
  /** Batches that are not made yet. */
  waiting(limit: number): Promise<readonly Batch[]>
  /** How many codes of the batch are there. */
  made(batch: Batch): Promise<number>
  /**
   * Adds codes and moves the batch on, both or neither.
   * @returns false when somebody else has moved it, or one of the codes is there already
   */
  add(batch: Batch, made: number, suffixes: readonly string[]): Promise<boolean>
  /** The batch is made: nobody need look at it again. */
  finish(batch: Batch): Promise<void>
  /** By their suffix. @param after the last one of the page before */
  list(series: string, limit: number, after?: string): Promise<readonly UniqueCode[]>
}
