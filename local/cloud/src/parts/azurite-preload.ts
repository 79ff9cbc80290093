// Loaded before Azurite's own code. We start it with telemetry off, yet it would load the whole library for
// telemetry, three quarters of its start time: an empty module takes that library's place.
import { registerHooks } from "node:module"

const TELEMETRY_LIBRARY = "/node_modules/applicationinsights/"

registerHooks({
  load: (url, context, next) =>
    url.includes(TELEMETRY_LIBRARY)
      ? { format: "commonjs", source: "module.exports = {}", shortCircuit: true }
      : next(url, context),
})
