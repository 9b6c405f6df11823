import type { Fixtures } from "./fixtures.js";

/** A fixture or another thing that an expected file speaks of. */
export interface Subject {
  /** Path within the folder, with `/`. */
  readonly path: string;
  /** `none`: only its expected file is there; the file itself has a part of another name. */
  readonly kind: "file" | "folder" | "none";
  /** The parsed `.expected.json` beside it. */
  readonly expected: Readonly<Record<string, unknown>> | undefined;
  /** Whether manifest.json names it. */
  readonly listed: boolean;
}

/** One thing to be checked about a subject. */
export interface Check {
  /** Section of the expected file, or what else is looked at. */
  readonly name: string;
  /** What is wrong, one difference an item; none when it passes. An error that is thrown is a difference too. */
  readonly run?: () => Promise<readonly Difference[]>;
  /** Why nothing is checked, in place of `run`. */
  readonly skip?: string;
}

export interface Difference {
  /** Path inside the file; empty for the file as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** What there is to know about the fixtures of one system. A new system adds one of these to systems/index.ts. */
export interface System {
  /** Name of its folder here; manifests may add to it (`SkelShop HDF5`). */
  readonly name: string;
  /** What `file` belongs to, for files that are parts of other fixtures or tools; undefined for a fixture of its own. */
  partOf(file: string, fixtures: Fixtures): string | undefined;
  /** Everything to be checked, or skipped with a reason. None is an error of the fixtures. */
  checks(subject: Subject, fixtures: Fixtures): readonly Check[];
}

export const later = (behaviour: string): string => `behaviour of a later release: ${behaviour}`;

/** Whether a manifest that calls its system `written` means the system `name`. */
export const means = (written: string, name: string): boolean => written.toLowerCase().split(/\W+/).includes(name);
