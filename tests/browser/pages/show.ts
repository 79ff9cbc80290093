import type { Cloud } from "@eshop/local-cloud/cloud"
import type { Page } from "playwright-core"

/** Takes the page as it is: a picture of it, or a look at what is wrong with it. @param name of the page, or of its state */
export type Show = (page: Page, name: string) => Promise<void>

/** Somebody's way past every page of an area. It may be gone again: what it leaves behind is in nobody's way. */
export type Walk = (page: Page, show: Show, cloud: Cloud) => Promise<void>
