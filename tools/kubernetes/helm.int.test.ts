import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { mergeValues, renderChart, whyNoRenderer } from "./helm.ts"

const noRenderer = whyNoRenderer()
if (noRenderer) console.warn(`renderer tests skipped: ${noRenderer}`)

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A chart of one ConfigMap whose `data` is the given template text. */
function chartOf(data: string, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "chart-"))
  folders.push(folder)
  const all: Record<string, string> = {
    "Chart.yaml": "apiVersion: v2\nname: sample\nversion: 1.2.3\nappVersion: '9'\n",
    "values.yaml":
      "number: 1000000\nmap: {a: 1, b: 2}\nlist: [x, y]\ntext: hello\nnested: {keep: yes, drop: me}\n",
    "values.schema.json": "{}",
    "templates/_helpers.tpl": '{{ define "greet" }}{{ .text }} world{{ end }}',
    "templates/config.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: sample\ndata:\n${data}\n`,
    ...files,
  }
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

const dataOf = (template: string, files: Record<string, string> = {}, values = {}) =>
  renderChart({ chart: chartOf(template, files), release: "demo", values })[0]?.data

describe.skipIf(noRenderer)("the renderer", () => {
  const templates: [string, string, unknown][] = [
    ["sprig and pipelines", "  a: {{ .Values.text | upper | quote }}", { a: "HELLO" }],
    ["include with indentation", '  a: |{{ include "greet" .Values | nindent 4 }}', { a: "hello world\n" }],
    ["tpl", '  a: {{ tpl "{{ .Values.text }}-{{ .Release.Name }}" . }}', { a: "hello-demo" }],
    ["toYaml and fromYaml", "  a: {{ (fromYaml (toYaml .Values.map)).b | quote }}", { a: "2" }],
    ["fromYamlArray", '  a: {{ index (fromYamlArray "[p, q]") 1 }}', { a: "q" }],
    [
      "the release, the chart and the cluster",
      "  a: {{ .Release.Namespace }} {{ .Chart.Name }} {{ .Chart.AppVersion }} {{ .Capabilities.KubeVersion.Minor }}",
      { a: "eshop sample 9 33" },
    ],
    [
      "files of the chart",
      '  a: {{ .Files.Get "notes/a.txt" | quote }}\n  b: {{ len (.Files.Glob "notes/*") | quote }}',
      { a: "one", b: "2" },
    ],
    [
      "lookup as empty, as without a cluster",
      '  a: {{ lookup "v1" "Secret" "x" "y" | len | quote }}',
      { a: "0" },
    ],
    ["numbers as Helm prints them, which is a trap", "  a: {{ .Values.number | quote }}", { a: "1e+06" }],
  ]
  it.each(templates)("does %s", (_, template, data) => {
    expect(dataOf(template, { "notes/a.txt": "one", "notes/b.txt": "two" })).toEqual(data)
  })

  it("merges values as Helm does: maps merge, lists are replaced, null removes", () => {
    const template = "  all: {{ toJson .Values | quote }}"
    expect(JSON.parse(dataOf(template, {}, { nested: { drop: null, add: 1 }, list: ["z"] }).all)).toEqual({
      number: 1_000_000,
      map: { a: 1, b: 2 },
      list: ["z"],
      text: "hello",
      // YAML 1.1: a bare yes is a boolean.
      nested: { keep: true, add: 1 },
    })
  })

  it("stops at required, fail, unknown values and endless includes, and says where", () => {
    const failing = (template: string) => () => dataOf(template)
    expect(failing('  a: {{ required "a is needed" "" }}')).toThrow(/^templates\/config\.yaml: a is needed$/)
    expect(failing('  a: {{ fail "no" }}')).toThrow(/^templates\/config\.yaml: no$/)
    expect(failing("  a: {{ .Values.unknown }}")).toThrow('map has no entry for key "unknown"')
    expect(failing('  a: {{ tpl "{{ .Values.unknown }}" . }}')).toThrow('map has no entry for key "unknown"')
    expect(failing('{{ define "loop" }}{{ include "loop" . }}{{ end }}  a: {{ include "loop" . }}')).toThrow(
      'template "loop" includes itself without end',
    )
    expect(failing('  a: {{ env "HOME" }}')).toThrow('function "env" not defined')
  })
})

describe("mergeValues", () => {
  it("does not change what it merges", () => {
    const base = { a: { b: 1 } }
    expect(mergeValues(base, { a: { c: 2 } })).toEqual({ a: { b: 1, c: 2 } })
    expect(base).toEqual({ a: { b: 1 } })
  })
})
