import type { TokenCredential } from "@azure/identity"

/**
 * The app's identity in Azure: its managed identity there, the developer's own sign-in elsewhere.
 * The library is loaded at the first token: a third of a second that a start with connection strings need not spend.
 */
export function azureCredential(): TokenCredential {
  let credential: Promise<TokenCredential> | undefined
  return {
    async getToken(scopes, options) {
      credential ??= import("@azure/identity").then(
        ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
      )
      return await (await credential).getToken(scopes, options)
    },
  }
}
