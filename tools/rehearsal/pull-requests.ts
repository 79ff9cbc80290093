// A git server as Azure DevOps is one: a bare repository, its pull requests by REST, and a person who merges them.
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

interface PullRequest {
  readonly sourceRefName: string
  readonly targetRefName: string
  readonly title: string
}

export interface GitServer {
  /** The bare repository. */
  readonly folder: string
  /** What an agent knows of it: address of the REST API, ids, a token. */
  readonly variables: Readonly<Record<string, string>>
  /** Titles of the pull requests that wait for a person. */
  open: () => string[]
  /** Merges all of them. */
  merge: () => void
  /** Makes a clone as an agent's checkout does. */
  clone: (folder: string) => string
  close: () => void
}

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@eshop.example", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })

/**
 * Serves what lies in a folder as branch main.
 * @param base an empty folder for the repository and its clones
 */
export async function startGitServer(base: string, sources: string): Promise<GitServer> {
  const folder = join(base, "eshop.git")
  git(base, "init", "--quiet", "--bare", "--initial-branch=main", folder)
  git(sources, "init", "--quiet", "--initial-branch=main")
  git(sources, "add", "--all")
  git(sources, "commit", "--quiet", "--message", "As it is")
  git(sources, "push", "--quiet", folder, "HEAD:main")
  const requests = new Map<string, PullRequest>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost")
    const body = await request.toArray()
    response.setHeader("Content-Type", "application/json")
    if (request.headers.authorization !== "Bearer token") {
      response.writeHead(401).end("{}")
    } else if (request.method === "POST") {
      const pullRequest = JSON.parse(Buffer.concat(body).toString()) as PullRequest
      requests.set(pullRequest.sourceRefName, pullRequest)
      response.writeHead(201).end(JSON.stringify({ pullRequestId: requests.size }))
    } else {
      const source = url.searchParams.get("searchCriteria.sourceRefName") ?? ""
      response.end(JSON.stringify({ count: requests.has(source) ? 1 : 0 }))
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  let clones = 0
  const clone = (name: string) => {
    git(base, "clone", "--quiet", "--depth=1", `file://${folder}`, name)
    return join(base, name)
  }
  return {
    folder,
    variables: {
      "System.CollectionUri": `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      "System.TeamProjectId": "eshop",
      "System.AccessToken": "token",
      "Build.Repository.ID": "eshop",
      // Not by way of a proxy of this machine.
      NO_PROXY: "127.0.0.1",
    },
    open: () => [...requests.values()].map(({ title }) => title),
    merge: () => {
      const person = clone(`person-${clones++}`)
      for (const [source, { title }] of requests) {
        git(person, "fetch", "--quiet", "--unshallow", "origin", "main", source)
        git(person, "merge", "--quiet", "--no-ff", "--message", `Merge: ${title}`, "FETCH_HEAD")
        requests.delete(source)
      }
      git(person, "push", "--quiet", "origin", "HEAD:main")
      rmSync(person, { recursive: true })
    },
    clone: (name) => clone(`${name}-${clones++}`),
    close: () => server.close(),
  }
}
