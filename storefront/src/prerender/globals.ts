// What the pages expect of a browser and Node does not have, or has otherwise. To be imported before them.

/** No locale of the machine's: what is written is the same everywhere. */
Object.defineProperty(globalThis, "navigator", { value: { languages: [] }, configurable: true })
/** Nobody listens here, and Node's own would keep the process alive. */
Object.defineProperty(globalThis, "BroadcastChannel", { value: class {}, configurable: true })
/** A wide window. */
Object.defineProperty(globalThis, "matchMedia", { value: () => ({ matches: true }), configurable: true })
