import { createHash } from "node:crypto"
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { type Entry, entriesIn, joined, type WrittenFile } from "./manifest.ts"
import { type Folder, type Frame, folders, type Prerendered, type Renderer } from "./renderer.ts"
import { robots, sitemaps } from "./sitemap.ts"

export type Run = {
  readonly renderer: Omit<Renderer, "connect">
  readonly frame: Frame
  /** Where pages are written. */
  readonly directory: string
  /** Where it is remembered what was written; a page that is the same as then is not written again. */
  readonly state: string
  readonly now: Date
}

export type Outcome = {
  readonly written: number
  readonly unchanged: number
  readonly removed: readonly string[]
}

const PAGE = /^(\/[a-z]{2})?\/(products|categories)\/[a-z0-9]+(-[a-z0-9]+)*$/

/** The file of an address. @throws Error for an address that is no page's: a name must not lead out of the directory */
function fileOf(directory: string, address: string): string {
  if (!PAGE.test(address)) throw new Error(`${address} is no page's address`)
  return join(directory, `${address}.html`)
}

/** Whole or not at all: somebody may be reading it. */
async function replaceFile(file: string, content: string): Promise<void> {
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, content)
  await rename(fresh, file)
}

/**
 * Brings the pages up to date: writes what has changed, leads on from addresses that were left, removes what is not
 * published any more, and writes sitemaps and robots.txt. It reads one product at a time, however many there are. Who dies
 * half-way is made good by the next run, and two runs at once write the same.
 * @throws ApiError when the shop stays away; what was there before stays
 */
export async function prerender({ renderer, frame, directory, state, now }: Run): Promise<Outcome> {
  const changed = now.toISOString().slice(0, 10)
  const removed: string[] = []
  const counts = { written: 0, unchanged: 0 }
  const maps = sitemaps(directory, frame.site)
  await mkdir(state, { recursive: true })
  for (const folder of folders) await mkdir(join(directory, folder), { recursive: true })

  async function keep(set: Prerendered, before: Entry | undefined): Promise<Entry> {
    const here = new Set(set.pages.map(({ address }) => address))
    const left = Object.keys(before?.files ?? {}).filter((address) => !here.has(address))
    const moved = await renderer.movedPages(left, set, frame)
    const files: Record<string, WrittenFile> = {}
    for (const { address, html, isListed } of [...set.pages, ...moved]) {
      const hash = createHash("sha256").update(html).digest("base64url")
      const known = before?.files[address]
      if (known?.hash === hash) {
        files[address] = known
        counts.unchanged++
        continue
      }
      const file = fileOf(directory, address)
      await mkdir(dirname(file), { recursive: true })
      await replaceFile(file, html)
      files[address] = { hash, changed, isListed }
      counts.written++
    }
    return { id: set.id, files }
  }

  async function update(folder: Folder): Promise<void> {
    const manifest = join(state, `${folder}.ndjson`)
    const fresh = `${manifest}.${process.pid}`
    const handle = await open(fresh, "w")
    try {
      for await (const pair of joined(entriesIn(manifest), renderer[folder](frame))) {
        if (!pair.fresh) {
          for (const address of Object.keys(pair.before?.files ?? {})) {
            await rm(fileOf(directory, address), { force: true })
            removed.push(address)
          }
          continue
        }
        const entry = await keep(pair.fresh, pair.before)
        await handle.write(`${JSON.stringify(entry)}\n`)
        for (const [address, file] of Object.entries(entry.files))
          if (file.isListed) await maps.add(folder, address, file.changed)
      }
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    } finally {
      await handle.close()
    }
    await rename(fresh, manifest)
  }

  for (const folder of folders) await update(folder)
  await maps.finish()
  await replaceFile(join(directory, "robots.txt"), robots(frame.site))
  // For who keeps the pages elsewhere, and has to remove them there.
  await writeFile(join(state, "removed.txt"), removed.map((address) => `${address}\n`).join(""))
  return { ...counts, removed }
}
