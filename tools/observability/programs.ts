import type { Program } from "../kubernetes/programs.ts"

const onDebian = (packageName: string): string => `on Debian: apt-get install ${packageName}`

export const prometheus: Program = { name: "prometheus", install: onDebian("prometheus") }
export const promtool: Program = { name: "promtool", install: onDebian("prometheus") }
export const amtool: Program = { name: "amtool", install: onDebian("prometheus-alertmanager") }
