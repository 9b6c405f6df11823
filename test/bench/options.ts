import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Case, cases } from "./cases.js";
import type { Sizes } from "./data.js";

export const USAGE = `usage: npm run bench -- [OPTIONS]

  --rounds N      runs of each case and side, interleaved; medians count (default 3, with --quick 1)
  --only NAME     only cases whose name starts like this; may be repeated
  --quick         little data: shows that everything works, says nothing about speed
  --json FILE     write all samples there, too
  --data FOLDER   where the files are kept that are read (default bench-data)
  --profile DIR   write a CPU profile of each run of ours there
  --no-python     ours alone, although there is a Python with numpy
`;

export interface Options {
  readonly rounds: number;
  readonly cases: readonly Case[];
  readonly quick: boolean;
  readonly sizes: Sizes;
  readonly json: string | undefined;
  readonly data: string;
  readonly profile: string | undefined;
  readonly python: boolean;
}

const FULL: Sizes = {
  frames: 100_000,
  clips: 23_600,
  skeletons: 2000,
  poses: 200_000,
  faces: 10_000,
  picture: 1024,
  bodies: 2400,
  images: 50_000,
};
const QUICK: Sizes = {
  frames: 1000,
  clips: 100,
  skeletons: 20,
  poses: 400,
  faces: 20,
  picture: 64,
  bodies: 40,
  images: 400,
};

/** Throws an `Error` that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[], root: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string" },
      only: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      data: { type: "string" },
      profile: { type: "string" },
      "no-python": { type: "boolean", default: false },
    },
  });
  const { quick, only } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds ${values.rounds} is no number of rounds`);
  const unknown = only?.find((start) => !cases.some(({ name }) => name.startsWith(start)));
  if (unknown !== undefined)
    throw new Error(`no case ${unknown}; there are ${cases.map(({ name }) => name).join(", ")}`);
  return {
    rounds,
    cases: cases.filter(({ name }) => !only || only.some((start) => name.startsWith(start))),
    quick,
    sizes: quick ? QUICK : FULL,
    json: values.json && resolve(values.json),
    data: resolve(values.data ?? `${root}/bench-data`),
    profile: values.profile && resolve(values.profile),
    python: !values["no-python"],
  };
}
