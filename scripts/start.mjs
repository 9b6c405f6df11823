// Builds everything and shows what the somakit command does, on files of this repository.
import { join } from "node:path";
import { node, root, run, turbo, turboEnv } from "./lib.mjs";

/** What is shown: the arguments of `somakit` and, where it is not 0, the exit code they must end with. */
const demos = [
  { args: ["formats"] },
  { args: ["info", "test/conformance/humandata/full.npz"] },
  { args: ["info", "test/conformance/humandata/multi.pkl"] },
  { args: ["show", "test/conformance/humandata/full.npz", "smpl.body_pose", "--slice", "0:2,:3"] },
  { args: ["stats", "test/conformance/pyskl/coco2d_f16_p2_np1.pkl"] },
  { args: ["info", "test/conformance/bodycompress/multiblock.xz"] },
  { args: ["info", "test/conformance/skelshop/track_body25_13shots.h5"] },
  { args: ["info", "test/conformance/datagen/faces_v2"] },
  {
    args: [
      "convert",
      "test/conformance/skelshop/track_body25_13shots.h5",
      "--to",
      "pyskl",
      "--approximate",
      "-o",
      "clips.pkl",
      "--dry-run",
    ],
  },
  { args: ["validate", "test/conformance/humandata/compressed.npz"] },
  { args: ["validate", "test/conformance/humandata/bad_frames_differ.npz"], exit: 1 },
  { args: ["validate", "test/conformance/humandata/bad_pickle_os_system.npz"], exit: 3 },
];

const build = await run(turbo("run", "build", "--output-logs=new-only"), { env: turboEnv });
if (build.code !== 0) {
  console.error(build.output);
  console.error("The build failed, see above.");
  process.exit(build.code);
}

for (const { args, exit = 0 } of demos) {
  console.log(`$ somakit ${args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ")}`);
  const { code } = await run(node(join(root, "packages/cli/dist/bundle/bin.js"), ...args), { inherit: true });
  if (code !== exit) {
    console.error(`This ended with exit code ${code}, expected was ${exit}.`);
    process.exit(1);
  }
  console.log();
}
