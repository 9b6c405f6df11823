import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnToEnd } from "./run.js";

export type Kind = "deflated" | "stored" | "packed" | "pickle2" | "pickle4" | "pickle5" | "skeletons";

export interface Sizes {
  readonly frames: number;
  readonly clips: number;
  /** Files of raw skeletons. */
  readonly skeletons: number;
}

/** Names that python/data.py and ours/make-data.ts use. */
export function dataPath(folder: string, kind: Kind, { frames, clips, skeletons }: Sizes): string {
  if (kind === "skeletons") return join(folder, `skeletons-${skeletons}`);
  if (kind === "deflated") return join(folder, `humandata-${frames}.npz`);
  if (kind === "stored") return join(folder, `humandata-${frames}-stored.npz`);
  if (kind === "packed") return join(folder, `humandata-${frames}-packed.npz`);
  return join(folder, `clips-${clips}-p${kind.slice("pickle".length)}.pkl`);
}

/** A script that makes the files: `command OUT KIND… --frames N --clips N`. What it is made of decides what they hold. */
export interface Maker {
  readonly command: readonly string[];
  readonly source: string;
}

/** Makes the files that are not there yet, all of them when another maker made what is there. */
export async function ensureData(
  folder: string,
  kinds: readonly Kind[],
  sizes: Sizes,
  /** `texts` makes the raw skeletons, of whatever the others are: `command OUT KIND… --skeletons N`. */
  maker: Maker & { readonly texts: Maker["command"] },
): Promise<void> {
  const made = createHash("sha256").update(readFileSync(maker.source)).digest("hex");
  const stamp = join(folder, "made-by");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== made) {
    for (const name of readdirSync(folder)) if (/^(humandata|clips)-\d/.test(name)) rmSync(join(folder, name));
    writeFileSync(stamp, made);
  }
  const missing = kinds.filter((kind) => !existsSync(dataPath(folder, kind, sizes)));
  if (missing.length === 0) return;
  const { skeletons, ...files } = sizes;
  const isText = (kind: Kind): boolean => kind === "skeletons";
  await make(maker.texts, folder, missing.filter(isText), { skeletons });
  const others = missing.filter((kind) => !isText(kind));
  await make(maker.command, folder, others, files);
}

async function make(
  command: Maker["command"],
  folder: string,
  kinds: readonly Kind[],
  sizes: Partial<Sizes>,
): Promise<void> {
  if (kinds.length === 0) return;
  const [program, ...args] = command as [string, ...string[]];
  const counts = Object.entries(sizes).flatMap(([name, count]) => [`--${name}`, `${count}`]);
  await spawnToEnd(program, [...args, folder, ...kinds, ...counts]);
}
