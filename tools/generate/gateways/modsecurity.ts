import type { PublishedRoute } from "../route-table.ts"
import { injections, type Misfit, overlooks, type Prose } from "./firewall.ts"

/** More levels than any body of ours has. */
const JSON_DEPTH = 32
/** A product with a hundred variants has about two thousand members. */
const MAX_ARGUMENTS = 10_000

const list = (values: Iterable<string>): string => [...new Set(values)].join(" ")
const types = (routes: readonly PublishedRoute[]) => [
  ...new Set(routes.flatMap(({ contentTypes }) => contentTypes)),
]

/** ModSecurity names `{"variants": [{"options": {"size": "M"}}]}` as `json.variants.array_0.options.size`. */
function targetOf({ place, path }: Prose): string {
  if (place === "query") return `ARGS:${path.join(".")}`
  const segments = path.map((segment) =>
    segment === "*" ? "[^.]+" : segment === "[]" ? "array_\\d+" : segment,
  )
  const isLiteral = path.every((segment) => segment !== "*" && segment !== "[]")
  return isLiteral ? `ARGS:json.${path.join(".")}` : `ARGS:/^json\\.${segments.join("\\.")}$/`
}

/**
 * The configuration of ModSecurity with OWASP's Core Rule Set as Debian has it: what our API needs of methods and media
 * types, and which rules do not look at which members.
 */
export function modsecurity(
  routes: readonly PublishedRoute[],
  prose: readonly Prose[],
  misfits: readonly Misfit[],
): string {
  const methods = list(["GET", "HEAD", "OPTIONS", ...routes.map(({ method }) => method)])
  const json = types(routes).filter((type) => /[/+]json$/.test(type))
  const maxBodyBytes = Math.max(...routes.map(({ maxBodyBytes }) => maxBodyBytes))
  const pattern = json.map((type) => type.replaceAll(/[.+]/g, "\\$&")).join("|")
  return `# Generated from the apps by npm run generate: a test bench of the rules (docs/gateway.md).
SecRuleEngine On
SecAuditEngine Off
SecResponseBodyAccess Off
SecRequestBodyAccess On
SecRequestBodyLimit ${maxBodyBytes}
SecRequestBodyNoFilesLimit ${maxBodyBytes}
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit ${JSON_DEPTH}
SecArgumentsLimit ${MAX_ARGUMENTS}
SecPcreMatchLimit 100000
SecPcreMatchLimitRecursion 100000
SecArgumentSeparator &
SecCookieFormat 0
SecUnicodeMapFile /etc/nginx/unicode.mapping 20127

SecRule REQUEST_HEADERS:Content-Type "@rx ^(?:${pattern})\\s*(?:;|$)" \\
  "id:1001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQBODY_ERROR "!@eq 0" \\
  "id:1002,phase:2,t:none,log,deny,status:400,msg:'The body cannot be read: %{reqbody_error_msg}'"
SecRule &ARGS "@ge ${MAX_ARGUMENTS}" \\
  "id:1003,phase:2,t:none,log,deny,status:400,msg:'The request has too many members'"
SecRule TX:/^MSC_/ "!@streq 0" \\
  "id:1004,phase:2,t:none,log,deny,status:400,msg:'ModSecurity gave up: %{MATCHED_VAR_NAME}'"
${injections
  .map(
    ({ name, pattern }, at) => `SecRule REQUEST_BODY "@rx ${pattern.replaceAll('"', '\\"')}" \\
  "id:${1101 + at},phase:2,t:none,t:lowercase,log,deny,status:403,msg:'${name}'"`,
  )
  .join("\n")}

Include /etc/modsecurity/crs/crs-setup.conf
SecAction \\
  "id:1010,phase:1,t:none,nolog,pass,\\
   setvar:tx.paranoia_level=1,\\
   setvar:tx.inbound_anomaly_score_threshold=5,\\
   setvar:'tx.allowed_methods=${methods}',\\
   setvar:'tx.allowed_request_content_type=${types(routes)
     .map((type) => `|${type}|`)
     .join(" ")}',\\
   setvar:tx.crs_validate_utf8_encoding=1"
Include /usr/share/modsecurity-crs/rules/*.conf

# Rules that take prose for an attack, and the members that people write prose into. All other rules look at them.
${misfits
  .flatMap((misfit) =>
    prose
      .filter((member) => overlooks(misfit, member))
      .map((member) => `SecRuleUpdateTargetById ${misfit.rule} "!${targetOf(member)}"`),
  )
  .join("\n")}
`
}
