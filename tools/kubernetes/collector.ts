import { type Manifest, nameOf, ofKind } from "./manifests.ts"

type Section = Record<string, unknown>

/** Components that the collector's chart declares itself, or that a preset of it adds. */
const fromChart: Record<string, string[]> = {
  receivers: ["filelog"],
  processors: ["k8sattributes"],
  exporters: ["debug"],
}

/** Checks that every OpenTelemetry pipeline names components that are declared. There is no collector binary here. */
export function collectorProblems(manifests: Manifest[]): string[] {
  return ofKind(manifests, "HelmRelease")
    .filter(({ spec }) => spec.chart.spec.chart === "opentelemetry-collector")
    .flatMap((release) => {
      const config = release.spec.values.config as Record<string, Section>
      const pipelines = (config.service?.pipelines ?? {}) as Record<string, Record<string, string[]> | null>
      return Object.entries(pipelines).flatMap(([pipeline, parts]) =>
        Object.entries(parts ?? {}).flatMap(([section, names]) =>
          names
            .filter((name) => !config[section]?.[name] && !fromChart[section]?.includes(name))
            .map(
              (name) =>
                `${nameOf(release)}: pipeline ${pipeline} names ${name}, which ${section} does not declare`,
            ),
        ),
      )
    })
}
