import { type Detection, detect, type Layout, openFile, type Source } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { registry } from "@somakit/formats/registry";
import type { Fixtures } from "../../fixtures.js";
import type { Subject } from "../../system.js";

/** How one fixture is opened: as what its content speaks for, or as the class that it is said to be. */
export interface Opener {
  readonly path: string;
  /** Where the fixture is on disk. */
  readonly file: string;
  source(): Promise<Source>;
  /** What the registry says that the content is, best first. */
  detect(source: Source): Promise<readonly Detection[]>;
  /** The layout of the class that the fixture is said to be. */
  layout(): Promise<Layout>;
  /** Opens it as that class. */
  open(source: Source): ReturnType<typeof openFile>;
}

export function opener(fixtures: Fixtures, path: string, expected: Subject["expected"]): Opener {
  const layout = (): Promise<Layout> => layoutOf(String(expected?.["class"] ?? classOf(expected) ?? "HumanData"));
  return {
    path,
    file: fixtures.path(path),
    source: () => fileSource(fixtures.path(path)),
    detect: (source) => detect(registry, source),
    layout,
    open: async (source) => openFile(await layout(), source),
  };
}

/** The class of an instance stands in its state. */
function classOf(expected: Subject["expected"]): unknown {
  const state = expected?.["state"] as { readonly attributes?: { readonly class?: unknown } } | undefined;
  return state?.attributes?.class;
}

/** Data sets have the titles of the upstream classes. */
export async function layoutOf(title: string): Promise<Layout> {
  const entry = registry.find((candidate) => candidate.title === title);
  if (!entry) throw new Error(`no data set is called ${title}`);
  return entry.load();
}
