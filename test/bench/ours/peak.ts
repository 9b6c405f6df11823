import { readFileSync } from "node:fs";

/**
 * The most memory that this process has held, in bytes. On Linux `maxRSS` starts from what the parent held when it
 * started us, so there the kernel's figure for this program alone is taken.
 */
export function peakMemory(): number {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "latin1") : "";
  const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? [];
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) * 1024;
}
