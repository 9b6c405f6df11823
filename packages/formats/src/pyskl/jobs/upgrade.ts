import type { Upgrader } from "@somakit/core";

/** Annotation files of PYSKL and MMAction2, of any make and with or without splits. */
export const pysklUpgrader: Upgrader = {
  datasets: ["pyskl", "pyskl/list"],
  writes: "file",
  async open(source, options) {
    const { ClipSet } = await import("../dataset/clip-set.js");
    const { clips, changes } = await (await ClipSet.open(source, options)).upgrade();
    return { changes, write: (sink, writing) => clips.write(sink, writing) };
  },
};
