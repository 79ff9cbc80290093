"use strict"
// What `@azure/functions-core` resolves to inside a worker thread. CommonJS, because both `require` (the library
// and bundles) and `import` must reach the one object; the dead branch names its exports for `import { … }`.
const { coreApi } = require("./core-api.ts")
module.exports = coreApi
0 &&
  (module.exports = {
    version,
    hostVersion,
    registerFunction,
    registerHook,
    setProgrammingModel,
    getProgrammingModel,
    log,
    Disposable,
  })
