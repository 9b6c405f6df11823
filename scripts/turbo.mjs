// turbo with telemetry, update checks and remote caching switched off, on every shell and system.
//   node scripts/turbo.mjs run build
import { run, turbo, turboEnv } from "./lib.mjs";

const { code } = await run(turbo(...process.argv.slice(2)), { env: turboEnv, inherit: true });
process.exitCode = code;
