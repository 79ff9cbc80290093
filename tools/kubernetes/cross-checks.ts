// What git demands of Azure, held against what Terraform plans: each side alone can be sound and the rollout still fail.
import type { Plan } from "../terraform/plan.ts"
import { type Manifest, nameOf, ofKind } from "./manifests.ts"

/** Secrets that no setting names and a person sets: docs/operations/kubernetes.md tells when. */
const hostKeys = "host-keys"
const alertChannels = ["teams-webhook", "slack-webhook"]

/** A vault's store is called after its owner: `basket-vault`, `platform-vault`. */
const ownerOf = (secret: Manifest): string => secret.spec.secretStoreRef.name.replace(/-vault$/, "")

type RemoteSecret = { remoteRef?: { key: string }; extract?: { key: string } }

const demandedBy = ({ spec }: Manifest): string[] =>
  [...(spec.data ?? []), ...(spec.dataFrom ?? [])].map(
    ({ remoteRef, extract }: RemoteSecret) => (remoteRef ?? extract)?.key ?? "",
  )

/** Checks that each vault is given the secrets that are read from it, no more and no fewer. */
export function secretProblems(objects: Manifest[], plan: Plan): string[] {
  const required = plan.planned_values.outputs?.required_secrets?.value as Record<
    string,
    { secrets: Record<string, string> }
  >
  const given = new Map(
    Object.entries(required).map(([app, { secrets }]) => [app, [...Object.values(secrets), hostKeys]]),
  ).set("platform", alertChannels)
  const demands = ofKind(objects, "ExternalSecret")
  const read = (owner: string) => demands.filter((secret) => ownerOf(secret) === owner).flatMap(demandedBy)
  return [
    ...demands.flatMap((secret) =>
      demandedBy(secret)
        .filter((key) => !given.get(ownerOf(secret))?.includes(key))
        .map((key) => `${nameOf(secret)}: nobody puts ${key} into the vault of ${ownerOf(secret)}`),
    ),
    ...[...given].flatMap(([owner, keys]) =>
      keys
        .filter((key) => !read(owner).includes(key))
        .map((key) => `vault of ${owner}: ${key} is put there and read by nobody`),
    ),
  ]
}
