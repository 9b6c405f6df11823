import { Argument, Command, Help, Option } from "commander";
import { exitCodeHelp, GLOBAL_OPTIONS, STREAMS, verbHelp } from "./help.js";
import type { Verb, VerbInput } from "./verbs/verb.js";

export interface Globals {
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface ProgramOptions {
  readonly verbs: readonly Verb[];
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Called with what was parsed. */
  readonly run: (verb: Verb, input: VerbInput, globals: Globals) => Promise<void>;
}

/** The parser of the command line, made from the table of verbs. Throws `CommanderError` instead of ending the process. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command("somakit")
    .description("Look into, check, convert and draw human-body data sets, and generate code from schemas.")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false, visibleCommands, subcommandTerm })
    .configureOutput({ writeOut: options.writeOut, writeErr: options.writeErr })
    .showHelpAfterError("(somakit --help lists commands and options)")
    .addHelpText("after", `\n${STREAMS}\n\n${exitCodeHelp()}`);
  for (const { flags, description } of GLOBAL_OPTIONS) program.option(flags, description);
  for (const verb of options.verbs) addVerb(program, verb, options);
  return program;
}

function addVerb(program: Command, verb: Verb, options: ProgramOptions): void {
  const [name = "", topic] = verb.name.split(" ").reverse();
  const command = topicOf(program, topic)
    .command(name, { hidden: verb.hidden === true })
    .summary(verb.summary)
    .description([`${verb.summary}.`, ...verb.details].join("\n\n"))
    .addHelpText("after", verbHelp(verb));
  for (const { name: argument, description, required, several, choices } of verb.arguments) {
    const text = several ? `${argument}...` : argument;
    const parsed = new Argument(required ? `<${text}>` : `[${text}]`, description);
    command.addArgument(choices ? parsed.choices(choices) : parsed);
  }
  for (const { flags, description, choices, default: preset, required, several } of verb.options) {
    const option = new Option(flags, description);
    if (several) option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
    if (choices) option.choices(choices);
    if (preset !== undefined) option.default(preset);
    command.addOption(required ? option.makeOptionMandatory() : option);
  }
  command.action(async (...parsed: unknown[]) => {
    const values = parsed.slice(0, verb.arguments.length) as VerbInput["arguments"];
    const flags = program.opts<{ json?: boolean; color?: boolean; quiet?: boolean; verbose?: boolean }>();
    const globals = {
      json: flags.json === true,
      color: flags.color !== false,
      quiet: flags.quiet === true,
      verbose: flags.verbose === true,
    };
    await options.run(verb, { arguments: values, options: command.opts() }, globals);
  });
}

/** The command of a topic, made when its first verb comes; the program itself for verbs without one. */
function topicOf(program: Command, topic: string | undefined): Command {
  if (topic === undefined) return program;
  return program.commands.find((command) => command.name() === topic) ?? program.command(topic);
}

const help = new Help();

/** Commands of topics stand beside the others, with their whole name. */
function visibleCommands(command: Command): Command[] {
  return help.visibleCommands(command).flatMap((listed) => (listed.commands.length > 0 ? listed.commands : [listed]));
}

function subcommandTerm(command: Command): string {
  const term = help.subcommandTerm(command);
  const topic = command.parent;
  return topic?.parent ? `${topic.name()} ${term}` : term;
}
