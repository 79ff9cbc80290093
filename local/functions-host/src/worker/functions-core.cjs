"use strict"
// What `@azure/functions-core` resolves to inside a worker thread. CommonJS, because both `require` (the library
// and bundles) and `import` must reach the one object; the literal below names its exports for `import { … }`.
const { coreApi } = require("./core-api.ts")
const { version, hostVersion, registerFunction, registerHook, log, Disposable } = coreApi
const { setProgrammingModel, getProgrammingModel } = coreApi
module.exports = {
  version,
  hostVersion,
  registerFunction,
  registerHook,
  setProgrammingModel,
  getProgrammingModel,
  log,
  Disposable,
}
