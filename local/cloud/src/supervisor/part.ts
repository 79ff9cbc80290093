import { EventEmitter, once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import type { PartLog } from "./part-log.ts"
import { type Exit, type Launch, PartProcess } from "./part-process.ts"
import { endSurvivors, sendSignal } from "./pid-file.ts"
import { withDescendants } from "./process-tree.ts"

/** A file (or directory) of a part that its program cannot read any more. */
export interface Damage {
  file: string
  reason: string
}

/** What a part is: how it is prepared, run, and recognised as ready. */
export interface PartSpec {
  name: string
  /** Parts that must be ready before this one is started. */
  needs: readonly string[]
  /** Stopping goes layer by layer: what serves others has the higher number and goes last. */
  layer: number
  /** What the terminal shows beside the name. */
  address: string
  /** Called before every start: creates or repairs what the process needs. */
  prepare?: () => Promise<void>
  launch: () => Launch
  /** Asked again and again after the start until it answers true. */
  isReady: () => Promise<boolean>
  /** Called once the process answers; the part is ready when this is done. */
  finish?: () => Promise<void>
  /** The shop is ready, and works, without it. */
  isOptional?: true
  /** How long the process may take to stop before it is killed, in milliseconds. */
  graceMs: number
  /** Asked when the process died at its start: what it cannot read of what it kept. `output` is its last lines. */
  damage?: (output: readonly string[]) => Damage | undefined
}

export type PartState = "waiting" | "starting" | "ready" | "restarting" | "stopped"

/** Something the terminal should know of. */
export type PartEvent =
  | { type: "state"; part: string; state: PartState }
  | { type: "ready"; part: string; address: string; milliseconds: number }
  | {
      type: "died"
      part: string
      reason: string
      keepsDying: boolean
      delayMs: number
      /** Its last lines, where they say something new. */
      output: string[]
      damage?: Damage
    }

const PROBE_INTERVAL_MS = 20
const START_TIMEOUT_MS = 60_000
/** A process that lived shorter than this counts as dying right after its start. */
const SHORT_LIFE_MS = 10_000
const KEEPS_DYING_AFTER = 3
const BACKOFF_MS = [0, 500, 1_000, 2_000, 5_000, 10_000]
const OUTPUT_LINES = 12

function describe(exit: Exit): string {
  return exit.signal ?? `exit code ${exit.code}`
}

/** One supervised part: started when what it needs is ready, started again when it dies. */
export class Part {
  readonly spec: PartSpec
  readonly #log: PartLog
  readonly #runDirectory: string
  readonly #emit: (event: PartEvent) => void
  readonly #changes = new EventEmitter().setMaxListeners(0)
  readonly #halt = new AbortController()
  #state: PartState = "waiting"
  #process: PartProcess | undefined
  #loop: Promise<void> = Promise.resolve()
  #shortLives = 0
  #restartWanted = false
  #killWanted = false
  #allowed: Promise<void> = Promise.resolve()

  constructor(spec: PartSpec, log: PartLog, runDirectory: string, emit: (event: PartEvent) => void) {
    this.spec = spec
    this.#log = log
    this.#runDirectory = runDirectory
    this.#emit = emit
  }

  get state(): PartState {
    return this.#state
  }

  /** The process that does the work, while there is one. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Begins to run the part and keeps it running until `stop`. */
  start(needs: readonly Part[]): void {
    this.#loop = this.#run(needs).catch((error) => {
      if (!this.#halt.signal.aborted) throw error
    })
  }

  /** Resolves when the part is ready; rejects with its last output when it keeps dying, or is stopped. */
  async whenReady(): Promise<void> {
    while (this.#state !== "ready") {
      if (this.#halt.signal.aborted) throw new Error(`${this.spec.name} is stopped`)
      if (this.#shortLives >= KEEPS_DYING_AFTER) {
        const output = this.#log.lastLines(OUTPUT_LINES).join("\n")
        throw new Error(`${this.spec.name} keeps dying; its last output (${this.#log.file}):\n${output}`)
      }
      await once(this.#changes, "change")
    }
  }

  /** Sends a signal to the process, as a fault would. After SIGKILL, `whenReady` waits for the next life. */
  kill(signal: NodeJS.Signals): void {
    if (!this.#process) return
    if (signal === "SIGKILL") {
      this.#killWanted = true
      this.#become("restarting")
    }
    this.#process.kill(signal)
  }

  /**
   * Kills the process and keeps the part away, as an outage would.
   * @returns what lets it start again; resolves when it is ready
   */
  takeAway(): () => Promise<void> {
    const gate = Promise.withResolvers<void>()
    this.#allowed = gate.promise
    this.kill("SIGKILL")
    return async () => {
      gate.resolve()
      await this.whenReady()
    }
  }

  /**
   * Holds the process still, and with it what it has started (PostgreSQL serves each connection by a process): a machine
   * that answers nothing and closes nothing. @returns what lets them go on @throws Error where there is no process
   */
  holdStill(): () => void {
    const { pid } = this
    if (pid === undefined) throw new Error(`${this.spec.name} has no process at the moment.`)
    // Its first process first: it starts no others then.
    process.kill(pid, "SIGSTOP")
    const others = withDescendants(pid).filter((one) => one !== pid)
    for (const one of others) sendSignal(one, "SIGSTOP")
    return () => {
      for (const one of [...others, pid]) sendSignal(one, "SIGCONT")
    }
  }

  /** Stops the process in its own way and starts it again; resolves when it is ready. */
  async restart(): Promise<void> {
    if (this.#process) {
      this.#restartWanted = true
      this.#become("restarting")
      await this.#process.stop()
    }
    await this.whenReady()
  }

  /** Stops the part for good. */
  async stop(): Promise<void> {
    this.#halt.abort()
    this.#changes.emit("change")
    await this.#process?.stop()
    await this.#loop
    this.#become("stopped")
    this.#log.close()
  }

  /** Ends the process at once; `stop` still has to be awaited. */
  killAll(): void {
    this.#halt.abort()
    this.#process?.killAll()
  }

  /** Tells the process something over its channel. */
  send(message: object): void {
    this.#process?.send(message)
  }

  async #run(needs: readonly Part[]): Promise<void> {
    const { signal } = this.#halt
    while (!signal.aborted) {
      await this.#allowed
      for (const need of needs) await need.#untilReady(signal)
      const started = performance.now()
      const reason = await this.#runOnce(started)
      this.#process = undefined
      if (signal.aborted) return
      if (this.#restartWanted) {
        this.#restartWanted = false
        this.#become("restarting")
        continue
      }
      const lived = performance.now() - started
      // Whoever asks for a kill asks for the next life as well: that is no sign of a part that keeps dying.
      if (this.#killWanted || lived >= SHORT_LIFE_MS) this.#shortLives = 1
      else this.#shortLives++
      this.#killWanted = false
      const delayMs = BACKOFF_MS[Math.min(this.#shortLives, BACKOFF_MS.length) - 1] ?? 0
      this.#log.note(`${reason}; restarting`)
      // Told once when the start fails and once when it keeps failing; the log has the rest.
      const tellsWhy =
        (this.#state === "starting" && this.#shortLives === 1) || this.#shortLives === KEEPS_DYING_AFTER
      const output = tellsWhy ? this.#log.lastLines(OUTPUT_LINES) : []
      const damage = tellsWhy ? this.spec.damage?.(output) : undefined
      const keepsDying = this.#shortLives >= KEEPS_DYING_AFTER
      this.#emit({
        ...{ type: "died", part: this.spec.name, reason, keepsDying, delayMs, output },
        ...(damage ? { damage } : {}),
      })
      this.#become("restarting")
      await sleep(delayMs, undefined, { signal })
    }
  }

  /** One life of the process. Returns why it ended. */
  async #runOnce(started: number): Promise<string> {
    const { spec } = this
    this.#log.forget()
    this.#become("starting")
    try {
      await endSurvivors(this.#runDirectory, spec.name)
      await spec.prepare?.()
      if (this.#halt.signal.aborted) return "stopped"
      const running = new PartProcess(spec.name, spec.launch(), this.#log, this.#runDirectory, spec.graceMs)
      this.#process = running
      let exit: Exit | undefined
      const exited = running.exited.then((how) => {
        exit = how
        return describe(how)
      })
      await this.#probe(() => exit !== undefined)
      if (exit === undefined) {
        await spec.finish?.()
        this.#become("ready")
        const milliseconds = performance.now() - started
        this.#emit({ type: "ready", part: spec.name, address: spec.address, milliseconds })
      }
      return await exited
    } catch (error) {
      this.#log.note((error as Error).stack ?? String(error))
      await this.#process?.stop()
      return (error as Error).message
    }
  }

  async #probe(hasEnded: () => boolean): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!hasEnded() && !(await this.spec.isReady())) {
      if (Date.now() > deadline) throw new Error(`not ready after ${START_TIMEOUT_MS / 1000} s`)
      await sleep(PROBE_INTERVAL_MS)
    }
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    while (this.#state !== "ready") await once(this.#changes, "change", { signal })
  }

  #become(state: PartState): void {
    this.#state = state
    this.#emit({ type: "state", part: this.spec.name, state })
    this.#changes.emit("change")
  }
}
