/** JSON as the .NET host reads its configuration: with comments and trailing commas. */

/** Parses a configuration file; the error names the file and the place. */
export function parseJsonFile(text: string, file: string): unknown {
  try {
    return JSON.parse(plainJson(text.replace(/^\uFEFF/, "")))
  } catch (error) {
    throw new Error(`Unable to parse ${file}: ${(error as Error).message}`)
  }
}

const token =
  /"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*[}\]])/g

/** Blanks comments and trailing commas, so that positions in error messages stay true. */
function plainJson(text: string): string {
  return text.replace(token, (match) => (match.startsWith('"') ? match : match.replace(/[^\n\r]/g, " ")))
}
