import type { DetectRule, Layout } from "./layout.js";

/** A data set in brief: enough to tell which one a file may be, and how to get its layout then. */
export interface RegistryEntry {
  /** The layout's `id`, such as `humandata`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Kinds of container, the one that is written by default first, including kinds that core has no codec for. */
  readonly containers: readonly string[];
  /** File name endings with their dot. */
  readonly extensions: readonly string[];
  readonly detect: readonly DetectRule[];
  /** The layout, loaded when first needed. */
  readonly load: () => Promise<Layout>;
}
