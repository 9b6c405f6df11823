/** Modules of this package with work for threads. Bundlers find them here, as the names are written out. */
const MODULES: ReadonlyMap<string, () => Promise<unknown>> = new Map<string, () => Promise<unknown>>([
  ["decodeXzBlock", () => import("../codec/xz/read/block-job.js")],
  ["encodeXzBlock", () => import("../codec/xz/write/block-job.js")],
]);

/** The module that has the function `name`, if that is one of this package. */
export function ownJob(name: string): (() => Promise<unknown>) | undefined {
  return MODULES.get(name);
}
