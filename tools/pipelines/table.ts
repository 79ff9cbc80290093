// The table of profiles in docs/pipelines.md.
import { type Profile, profilesFolder } from "./profiles.ts"

const begin = "<!-- profiles: written by npm run pipelines:generate -->"
const end = "<!-- /profiles -->"

function row({ variant, file, parameters }: Profile): string {
  const name = file.slice(profilesFolder.length + 1)
  const names = parameters.map((parameter) =>
    // What has no default has to be given.
    parameter.default === undefined ? `**${parameter.name}**` : parameter.name,
  )
  const [linting, unitTests, sca, publish] = variant
  return `| [${name.slice(name.indexOf("/") + 1)}](../${file}) | ${linting} | ${unitTests} | ${sca} | ${publish} | ${names.join(", ")} |`
}

/**
 * The page with its table written anew.
 * @throws Error when the page has no place for it
 */
export function writeTable(page: string, profiles: readonly Profile[]): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`)
  const stacks = [...new Set(profiles.map(({ stack }) => stack))]
  const tables = stacks.map((stack) => {
    const own = profiles.filter((profile) => profile.stack === stack)
    return [
      `### ${stack} (${own.length})`,
      "",
      "| Profile | linting | unit-tests | sca | publish | Parameters |",
      "|---|---|---|---|---|---|",
      ...own.map(row),
      "",
    ].join("\n")
  })
  return `${page.slice(0, from)}${begin}\n\n${tables.join("\n")}\n${page.slice(to)}`
}
