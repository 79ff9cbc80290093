import type { ServerResponse } from "node:http"

/**
 * Answers the gateway's own health and says whether it was asked for: live as soon as it runs, ready when every part of
 * the installation is.
 */
export function answerHealth(
  response: ServerResponse,
  pathname: string,
  partStates: () => Record<string, string>,
): boolean {
  if (pathname === "/health/live") answerJson(response, 200, { status: "live" })
  else if (pathname === "/health/ready") answerReadiness(response, partStates())
  else return false
  return true
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}

function answerReadiness(response: ServerResponse, parts: Record<string, string>): void {
  const missing = Object.keys(parts).filter((name) => parts[name] !== "ready")
  const known = Object.keys(parts).length > 0
  if (known && missing.length === 0) answerJson(response, 200, { status: "ready", parts })
  else answerJson(response, 503, { status: "starting", missing, parts })
}
