import { parseAllDocuments } from "yaml"

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A Kubernetes object as far as the checks look into it; its schema is checked separately. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  // The part that differs per kind is read by path after the schema has vouched for its shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [part: string]: any
}

/** Helm, Flux and Kubernetes read YAML 1.1, where a bare `yes` or `on` is a boolean. */
export const likeKubernetes = { version: "1.1" } as const

/**
 * Reads a YAML stream.
 * @throws Error for a document that is no Kubernetes object, or YAML that repeats a key
 */
export function parseManifests(text: string, source: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true, ...likeKubernetes })
    .map((document) => {
      const [error] = document.errors
      if (error) throw new Error(`${source}: ${error.message}`)
      return document.toJS() as Manifest | null
    })
    .filter((manifest) => manifest !== null)
    .map((manifest) => {
      if (!manifest.apiVersion || !manifest.kind || !manifest.metadata?.name) {
        throw new Error(`${source}: a document without apiVersion, kind or metadata.name`)
      }
      return manifest
    })
}

/** `Deployment eshop/catalog-http`: how problems name an object. */
export function nameOf({ kind, metadata }: Manifest): string {
  return metadata.namespace ? `${kind} ${metadata.namespace}/${metadata.name}` : `${kind} ${metadata.name}`
}

export const ofKind = (manifests: Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind)
