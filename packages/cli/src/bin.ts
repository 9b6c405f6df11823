#!/usr/bin/env node
import module from "node:module";

// Node 22 and later keep what they have compiled for the next time: of all that is loaded after this.
const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();
const { runProcess } = await import("./process.js");
await runProcess();
