import { spawnSync } from "node:child_process";

/** A Python that has numpy, for checking what we write with the original libraries; undefined where there is none. */
export const debianPython: string | undefined = ["/usr/bin/python3", "python3", "python"].find(
  (command) => spawnSync(command, ["-c", "import numpy"], { stdio: "ignore" }).status === 0,
);
