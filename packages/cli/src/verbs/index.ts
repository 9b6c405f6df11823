import { jobs } from "@somakit/formats/jobs";
import { ENDING, FAIL_FAST, JOBS, RESUME_FILES } from "../batch/options.js";
import { SCHEMA_OPTIONS } from "../schemas/known.js";
import { complete, completion } from "./completion.js";
import { compress, decompress } from "./compress.js";
import { concat } from "./concat.js";
import { conventionConvert } from "./convention-convert.js";
import { conventions } from "./conventions.js";
import { convert } from "./convert.js";
import { diff } from "./diff.js";
import { digest } from "./digest.js";
import { formats } from "./formats.js";
import { generate } from "./generate.js";
import { info } from "./info.js";
import { jobVerb } from "./job.js";
import { manPage } from "./man-page.js";
import { markdownHelp } from "./markdown-help.js";
import { render } from "./render.js";
import { repair } from "./repair.js";
import { schemaCheck } from "./schema-check.js";
import { schemaDiff } from "./schema-diff.js";
import { schemaInit } from "./schema-init.js";
import { select } from "./select.js";
import { show } from "./show.js";
import { slice } from "./slice.js";
import { split } from "./split.js";
import { stats } from "./stats.js";
import { upgrade } from "./upgrade.js";
import { validate } from "./validate.js";
import type { Verb } from "./verb.js";

/** What works on several files takes how that is done. */
function withBatch(verb: Verb): Verb {
  const { batch, options } = verb;
  if (batch === undefined) return verb;
  if (batch === "together") return verb.join ? { ...verb, options: [...options, JOBS.files] } : verb;
  const has = (flags: string): boolean => options.some((option) => option.flags.startsWith(flags));
  const more = [...(has("-o,") ? [ENDING, RESUME_FILES] : []), ...(has("-j,") ? [] : [JOBS.files]), FAIL_FAST];
  return { ...verb, options: [...options, ...more] };
}

/** What works with any data set takes schemas of the user's own. */
function withSchemas(verb: Verb): Verb {
  return { ...verb, options: [...verb.options, ...SCHEMA_OPTIONS] };
}

const listed: readonly Verb[] = [
  ...[
    info,
    validate,
    show,
    stats,
    digest,
    diff,
    slice,
    select,
    split,
    concat,
    conventionConvert,
    convert,
    compress,
    decompress,
    upgrade,
    render,
  ].map((verb) => withSchemas(withBatch(verb))),
  withSchemas(withBatch(repair)),
  ...jobs.map(jobVerb),
  ...[conventions, formats].map(withSchemas),
  generate,
  schemaInit,
  schemaCheck,
  schemaDiff,
  completion,
];

/** All commands, in the order in which help lists them. */
export const verbs: readonly Verb[] = [...listed, markdownHelp(listed), manPage(listed), complete(listed)];
