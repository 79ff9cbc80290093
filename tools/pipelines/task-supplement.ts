// Tasks that the published schema does not have: newer than the schema, or from an extension that the templates use.
// Source: the tasks' own task.json (microsoft/azure-pipelines-tasks, SonarSource/sonar-scanner-azdo) and their reference.

interface Task {
  readonly name: string
  /** Inputs that must be there. */
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Allowed values, where an input has a fixed set. */
  readonly values?: Readonly<Record<string, readonly string[]>>
}

const tasks: readonly Task[] = [
  {
    name: "UseNode@1",
    required: [],
    optional: ["version", "checkLatest", "force32bit", "retryCountOnDownloadFails", "delayBetweenRetries"],
  },
  {
    name: "PublishCodeCoverageResults@2",
    required: ["summaryFileLocation"],
    optional: ["pathToSources", "failIfCoverageEmpty"],
  },
  {
    name: "SonarQubePrepare@8",
    required: ["SonarQube", "scannerMode"],
    optional: [
      "dotnetScannerVersion",
      "cliScannerVersion",
      "configMode",
      "configFile",
      "cliProjectKey",
      "cliProjectName",
      "cliProjectVersion",
      "cliSources",
      "projectKey",
      "projectName",
      "projectVersion",
      "extraProperties",
    ],
    values: { scannerMode: ["dotnet", "cli", "other"], configMode: ["file", "manual"] },
  },
  {
    name: "SonarQubeAnalyze@8",
    required: [],
    optional: ["jdkversion"],
    values: { jdkversion: ["JAVA_HOME", "JAVA_HOME_17_X64", "JAVA_HOME_21_X64"] },
  },
  { name: "SonarQubePublish@8", required: [], optional: ["pollingTimeoutSec"] },
]

/** The tasks in the form of the published schema: an alternative of `task.anyOf` each. */
export function supplement(): object[] {
  return tasks.map(({ name, required, optional, values = {} }) => ({
    properties: {
      task: { pattern: `^${name}$`, ignoreCase: "value" },
      inputs: {
        properties: Object.fromEntries(
          [...required, ...optional].map((input) => [
            input,
            values[input] ? { enum: values[input] } : { type: "string" },
          ]),
        ),
        additionalProperties: false,
        required,
      },
    },
    required: required.length > 0 ? ["task", "inputs"] : ["task"],
    // The service chooses the alternative by this property; without it a mistake is reported as an unknown task.
    firstProperty: ["task"],
  }))
}

/** Their names, as the schema lists the names of all tasks. */
export const supplementNames = (): object[] =>
  tasks.map(({ name }) => ({ enum: [name], ignoreCase: "value" }))
