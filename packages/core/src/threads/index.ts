/** Other cores to work on. */

export type { ThreadResult, Threads, ThreadTask } from "./threads.js";
export { type WebThreadsOptions, webThreads } from "./web-threads.js";
