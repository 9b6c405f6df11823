import { digest } from "./digest.js";
import { formats } from "./formats.js";
import { generate } from "./generate.js";
import { info } from "./info.js";
import { markdownHelp } from "./markdown-help.js";
import { show } from "./show.js";
import { validate } from "./validate.js";
import type { Verb } from "./verb.js";

const listed: readonly Verb[] = [info, validate, show, digest, formats, generate];

/** All commands, in the order in which help lists them. */
export const verbs: readonly Verb[] = [...listed, markdownHelp(listed)];
