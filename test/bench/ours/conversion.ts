// People who move from one data set to the next, by what their schemas mark.
import { statSync } from "node:fs";
import { openFile } from "@somakit/core";
import { convertMotion, openMotion } from "@somakit/core/motion";
import { fileSink, fileSource } from "@somakit/core/node";
import { loadConvention } from "@somakit/formats/conventions";
import { registry } from "@somakit/formats/registry";
import type { Operation } from "./operations.js";

const STEPS = [
  { from: "humandata", to: "skelshop/trackshots", ending: ".h5" },
  { from: "skelshop/trackshots", to: "pyskl", ending: ".pkl" },
  { from: "pyskl", to: "humandata", ending: ".npz" },
] as const;

export const conversionOperations: Readonly<Record<string, Operation>> = {
  convert: async (job) => {
    const counts: (readonly [sequences: number, frames: number])[] = [];
    const steps: Record<string, number> = {};
    let path = job.file;
    for (const { from, to, ending } of STEPS) {
      const started = performance.now();
      const source = await fileSource(path);
      const motion = openMotion(await openFile(await layoutOf(from), source));
      const conversion = await convertMotion(motion, await layoutOf(to), { conventions: loadConvention });
      const out = `${job.out}${ending}`;
      await conversion.write(await fileSink(out, { overwrite: true }));
      await source.close?.();
      counts.push([conversion.report.sequences, conversion.report.frames]);
      steps[`${from} → ${to}`] = (performance.now() - started) / 1000;
      path = out;
    }
    job.steps = steps;
    return () => [...counts, statSync(path).size > 0];
  },
};

function layoutOf(id: string) {
  const entry = registry.find((one) => one.id === id);
  if (!entry) throw new Error(`no data set ${id}`);
  return entry.load();
}
