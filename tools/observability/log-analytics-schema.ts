/** The types of KQL that columns have. */
export type ColumnType = "string" | "real" | "int" | "long" | "bool" | "datetime" | "dynamic"
export type Tables = Readonly<Record<string, Readonly<Record<string, ColumnType>>>>

/** What every table of Application Insights has. */
const common = {
  TimeGenerated: "datetime",
  AppRoleInstance: "string",
  AppRoleName: "string",
  AppVersion: "string",
  ClientCity: "string",
  ClientCountryOrRegion: "string",
  ClientIP: "string",
  ClientType: "string",
  IKey: "string",
  ItemCount: "int",
  OperationId: "string",
  OperationName: "string",
  ParentId: "string",
  Properties: "dynamic",
  ResourceGUID: "string",
  SDKVersion: "string",
  SessionId: "string",
  SourceSystem: "string",
  SyntheticSource: "string",
  TenantId: "string",
  Type: "string",
  UserId: "string",
  _ResourceId: "string",
} as const

/**
 * The tables that alerts and workbooks may ask, with their columns: "Azure Monitor Logs reference", tables AppRequests,
 * AppDependencies, AppTraces, AppMetrics, AppExceptions (2025-02), without columns that describe a browser.
 */
export const logAnalyticsTables: Tables = {
  AppRequests: {
    ...common,
    DurationMs: "real",
    Id: "string",
    Measurements: "dynamic",
    Name: "string",
    PerformanceBucket: "string",
    ResultCode: "string",
    Source: "string",
    Success: "bool",
    Url: "string",
  },
  AppDependencies: {
    ...common,
    Data: "string",
    DependencyType: "string",
    DurationMs: "real",
    Id: "string",
    Measurements: "dynamic",
    Name: "string",
    PerformanceBucket: "string",
    ResultCode: "string",
    Success: "bool",
    Target: "string",
  },
  AppTraces: { ...common, Message: "string", SeverityLevel: "int" },
  AppMetrics: { ...common, Max: "real", Min: "real", Name: "string", Sum: "real" },
  AppExceptions: {
    ...common,
    Assembly: "string",
    Details: "dynamic",
    ExceptionType: "string",
    HandledAt: "string",
    InnermostMessage: "string",
    Message: "string",
    Method: "string",
    OuterMessage: "string",
    ProblemId: "string",
    SeverityLevel: "int",
  },
}
