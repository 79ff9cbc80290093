import type { PublishedRoute } from "../route-table.ts"
import { type Gateway, methodsOf, type Path, pathsOf, type Quota } from "./gateway.ts"
import { type Problem, problems } from "./problems.ts"

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

/** nginx's own words for what it answers itself; 494 is 431. */
const answered: readonly (readonly [string, Problem])[] = [
  ["400", problems.malformed],
  ["403", problems.refused],
  ["404", problems.unknownRoute],
  ["405", problems.wrongMethod],
  ["408", problems.tooSlow],
  ["413", problems.tooLarge],
  ["414", problems.targetTooLong],
  ["415", problems.mediaType],
  ["429", problems.tooMany],
  ["494", problems.headersTooLarge],
  ["500", problems.failed],
  ["502 503", problems.unavailable],
  ["504", problems.timeout],
]

/** No named location: nginx has none for a target that it could not read. */
function problemLocation({ status, code, title, detail }: Problem): string {
  const members = [
    `"type":"urn:eshop:problem:${code}"`,
    `"title":"${title}"`,
    `"status":${status}`,
    `"detail":"${detail}"`,
    '"instance":"$instance"',
    '"traceId":"$trace_id"',
  ]
  return `    location = /problem-${status} {
      internal;
      modsecurity off;
      return ${status} '{${members.join(",")}}';
    }`
}

const rate = ({ quota, windowSeconds }: Quota): string => `${Math.ceil((quota * 60) / windowSeconds)}r/m`
/** A whole window's requests may come at once, as in the local gateway; after them they come back one by one. */
const burst = ({ quota }: Quota): number => quota - 1

const escaped = (literal: string): string => literal.replaceAll(/[.]/g, "\\$&")

/** `= /path` or a regular expression; nginx compares with the decoded path, in which a segment has no slash. */
const matchOf = ({ template }: Path): string =>
  template.includes("{")
    ? `~ ^${template
        .split(/\{\w+\}/)
        .map(escaped)
        .join("[^/\\x5c]+")}$`
    : `= ${template}`

function locationOf(path: Path, { rateLimits }: Gateway): string {
  const { service, routes } = path
  const methods = methodsOf(path)
  const types = [...new Set(routes.flatMap(({ contentTypes }) => contentTypes))]
  const isStrict = routes.some(({ name }) => rateLimits.strict.routes.includes(name))
  return [
    `location ${matchOf(path)} {`,
    `  set $allow "${methods.join(", ")}";`,
    `  if ($request_method !~ ^(?:${methods.join("|")})$) { return 405; }`,
    ...(types.length > 0
      ? [
          `  if ($media_type !~ ^(?:${types.map((type) => escaped(type).replaceAll("+", "\\+")).join("|")})?$) { return 415; }`,
        ]
      : []),
    `  client_max_body_size ${Math.max(...routes.map(({ maxBodyBytes }) => maxBodyBytes))};`,
    ...(isStrict
      ? [...limits(rateLimits), `  limit_req zone=strict burst=${burst(rateLimits.strict)} nodelay;`]
      : []),
    `  proxy_set_header X-Forwarded-Prefix ${service.prefix};`,
    "  include proxy.conf;",
    `  rewrite ^${service.prefix}(/.*)$ $1 break;`,
    `  proxy_pass http://${service.name};`,
    "}",
  ].join("\n")
}

const limits = ({ default: anonymous, signedIn }: Gateway["rateLimits"]): string[] => [
  `  limit_req zone=anonymous burst=${burst(anonymous)} nodelay;`,
  `  limit_req zone=signed_in burst=${burst(signedIn)} nodelay;`,
]

const HEADER = "# Generated from the apps by npm run generate: a test bench of the rules (docs/gateway.md).\n"

/** One location for each path of the route table. */
export const nginxRoutes = (routes: readonly PublishedRoute[], gateway: Gateway): string =>
  `${HEADER}${pathsOf(routes, gateway)
    .map((path) => locationOf(path, gateway))
    .join("\n")}\n`

/** What every location tells its service; a caller may not forge what the edge has established. */
export const nginxProxy = ({ edgeHeaders }: Gateway): string => `${HEADER}proxy_http_version 1.1;
proxy_method $upstream_method;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_set_header Traceparent $traceparent;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Host $http_host;
proxy_set_header X-Forwarded-Proto $scheme;
${edgeHeaders.map((name) => `proxy_set_header ${name} "";\n`).join("")}proxy_hide_header X-Powered-By;
`

const variable = (name: string): string => name.toLowerCase().replaceAll("-", "_")

/** The service's own word wins, as where the invoice's page says which styles it has. */
const defaultHeader = ([name, value]: [string, string]): string =>
  `  map $upstream_http_${variable(name)} $default_${variable(name)} { "" "${value}"; }`

/** The main file: it includes the other ones, and from `installation/` where to listen and where the services are. */
export function nginxMain({ cors, rateLimits, securityHeaders }: Gateway): string {
  const { default: anonymous, signedIn, strict } = rateLimits
  const headers = Object.entries(securityHeaders)
  return `${HEADER}# Where to listen and where the services are is in installation/.
load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
pid nginx.pid;
events {
  worker_connections 1024;
}
http {
  access_log off;
  server_tokens off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  default_type application/problem+json;

  # Two slashes are another path, here as in the apps.
  merge_slashes off;
  client_header_timeout 15s;
  client_body_timeout 30s;
  client_max_body_size 0;
  large_client_header_buffers 4 16k;
  keepalive_timeout 65s;
  reset_timedout_connection on;

  # nginx cannot look into a token: a signed-in caller is one that sends any.
  map $http_authorization $anonymous { "" $binary_remote_addr; default ""; }
  limit_req_zone $anonymous zone=anonymous:1m rate=${rate(anonymous)};
  limit_req_zone $binary_remote_addr zone=signed_in:1m rate=${rate(signedIn)};
  limit_req_zone $binary_remote_addr zone=strict:1m rate=${rate(strict)};
  limit_req_status 429;

  map $request_method $upstream_method { HEAD GET; default $request_method; }
  map $http_content_type $media_type { "~*^\\s*(?<type>[^;\\s]+)" $type; default ""; }
  map $request_uri $instance { "~^(?<path>/[\\w.~%:@!$&'()*+,;=/-]*)(?:\\?|$)" $path; default "/"; }
  map $request_id $new_span { "~^(?<digits>[0-9a-f]{16})" $digits; }
  map $http_traceparent $traceparent {
    "~^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$" $http_traceparent;
    default "00-$request_id-$new_span-01";
  }
  map $traceparent $trace_id { "~^..-(?<id>[0-9a-f]{32})" $id; }

  map $http_origin $allowed_origin { ${cors.allowedOrigins.map((origin) => `"${origin}" $http_origin; `).join("")}default ""; }
  map $allowed_origin $allow_credentials { "" ""; default "true"; }
  map $allowed_origin $exposed_headers { "" ""; default "${cors.exposedHeaders.join(", ")}"; }
  map "$request_method $http_origin $http_access_control_request_method" $preflight { "~^OPTIONS \\S+ \\S+$" 1; default 0; }
  map "$preflight $allowed_origin" $preflight_methods { "~^1 ." "${METHODS.join(", ")}"; default ""; }
  map "$preflight $allowed_origin" $preflight_headers { "~^1 ." "${cors.allowedHeaders.join(", ")}"; default ""; }
  map "$preflight $allowed_origin" $preflight_age { "~^1 ." "${cors.maxAgeSeconds}"; default ""; }

${headers.map(defaultHeader).join("\n")}
  map $status $allowed_methods { 405 $allow; default ""; }
  map "$status $upstream_http_retry_after" $default_retry_after { "~^(429|503) $" 1; default ""; }

  include installation/upstreams.conf;
  server {
    include installation/listen.conf;
    modsecurity on;
    modsecurity_rules_file modsecurity.conf;
${limits(rateLimits)
  .map((line) => `  ${line}`)
  .join("\n")}

${headers.map(([name]) => `    add_header ${name} $default_${variable(name)} always;`).join("\n")}
    add_header access-control-allow-origin $allowed_origin always;
    add_header access-control-allow-credentials $allow_credentials always;
    add_header access-control-expose-headers $exposed_headers always;
    add_header access-control-allow-methods $preflight_methods always;
    add_header access-control-allow-headers $preflight_headers always;
    add_header access-control-max-age $preflight_age always;
    add_header allow $allowed_methods always;
    add_header retry-after $default_retry_after always;
    add_header vary Origin always;

${answered.map(([on, { status }]) => `    error_page ${on} =${status} /problem-${status};`).join("\n")}
${answered.map(([, problem]) => problemLocation(problem)).join("\n")}

    if ($preflight) { return 204; }
    location / { return 404; }
    include routes.conf;
  }
}
`
}
