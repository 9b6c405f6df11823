// What a user's code may and may not do with generated types; compiled by generate.test.ts, never run.
import type { Convention, Input, NdArray, Shape, Sink, Value } from "@somakit/core/gen/v1";
import type { zooFive } from "../golden/zoo/conventions/index.gen.js";
import { conventions as known, loadConvention, registry } from "../golden/zoo/registry.gen.js";
import * as zoo from "../golden/zoo/zoo/index.gen.js";
import * as pair from "../golden/zoo/zoo/pair/index.gen.js";

/** Fails to compile unless `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export function same<A, B>(..._: Same<A, B> extends true ? [] : [never]): void {}

export async function arrays(input: Input, sink: Sink): Promise<void> {
  const file = await zoo.arrays.open(input);
  const values = await file.int8();
  same<typeof values, NdArray<"int8", readonly [number, 2]> | undefined>();
  // @ts-expect-error the second axis has 2 elements
  same<NonNullable<typeof values>["shape"][1], 3>();
  // @ts-expect-error there is no third axis
  values?.shape[2];
  // @ts-expect-error there is no such key
  file.nothing;
  const rotations = (await file.pose.rotations()).shape;
  same<typeof rotations, readonly [number, number, 3]>();

  const value: zoo.Arrays = await zoo.arrays.read(input, { signal: AbortSignal.timeout(1000) });
  same<typeof value.count, number>();
  await zoo.arrays.write(sink, { count: 3, float32: value.float32, int8: undefined });
  await zoo.arrays.write(sink, file);
  // @ts-expect-error count is required
  await zoo.arrays.write(sink, {});
  for (const issue of await zoo.arrays.check(input, { profile: "strict" })) console.log(issue.code, issue.rule);
}

export async function trees(input: Input): Promise<string> {
  const file = await zoo.trees.open(input);
  for await (const clip of file.clips) {
    same<ReturnType<typeof clip.frames>, Promise<number>>();
    const [person] = [clip.people.at(0)];
    same<ReturnType<typeof person.points>, Promise<NdArray<"float32", readonly [number, 5, number]> | undefined>>();
  }
  const dict = await file.dict();
  same<typeof dict, ReadonlyMap<Value, Value> | undefined>();
  const gender = await file.gender();
  same<typeof gender, "male" | "female" | "neutral" | undefined>();
  const tree = await zoo.trees.read(input);
  return tree.tree.children?.[0]?.children?.[0]?.name ?? tree.splits?.["train"]?.[0] ?? "";
}

export async function names(input: Input): Promise<Shape | undefined> {
  const file = await zoo.names.open(input);
  same<ReturnType<(typeof file)["weird-key"]>, Promise<string>>();
  await file.__proto__$.polluted();
  await file.read$$();
  same<zoo.NamesWeirdX["__proto__"]["polluted"], boolean | undefined>();
  return (await file.constructor$())?.shape;
}

export async function crowd(input: Input): Promise<number> {
  const file = await zoo.crowd.open(input);
  const upgraded = await zoo.crowd.upgrade(file);
  const { value, changes } = zoo.crowd.upgrade(await zoo.crowd.read(input));
  same<typeof upgraded, { readonly value: zoo.Crowd; readonly changes: typeof changes }>();
  const part = zoo.crowd.slice(value, [10, null, 2], { along: "P" });
  same<typeof part, zoo.Crowd>();
  const [train, test] = zoo.crowd.split(zoo.crowd.shuffle(value, { seed: 1 }), [0.8, 0.2]);
  // @ts-expect-error an order without a seed cannot be had again
  zoo.crowd.shuffle(value);
  const joined = zoo.crowd.concat([train ?? value, test ?? value, zoo.crowd.select(part, [0, 3])]);
  for (const frame of zoo.crowd.frames(joined, { batch: 8 })) same<typeof frame, zoo.Crowd>();
  // @ts-expect-error nothing in trees is a frame of the whole
  zoo.trees.slice;
  return changes.length;
}

export async function recordings(input: Input, sink: Sink): Promise<string[]> {
  const file = await zoo.recordings.open(input);
  const names: string[] = [];
  for await (const recording of file) names.push(await recording.name());
  same<Awaited<ReturnType<typeof file.read>>, zoo.Recordings>();
  same<zoo.Recordings, zoo.Recording[]>();
  await zoo.recordings.write(sink, file);
  // @ts-expect-error a list has no keys
  file.keys;
  return [...names, await file.at(await file.length()).name()];
}

export async function conventions(): Promise<number | undefined> {
  same<typeof zooFive, Convention>();
  const found = await loadConvention("ZOO_FIVE");
  const [first] = known;
  return found?.limbs[0]?.color?.[0] ?? (await first?.load())?.keypoints.length;
}

export async function others(input: Input): Promise<readonly string[]> {
  same<zoo.Either, zoo.Wrapped | zoo.either.Clip[]>();
  await pair.open(input);
  await pair.second.open(input);
  const places = await zoo.places.open(input);
  await places.tracks.at(0).keypoints();
  await zoo.places.check({});
  const [first] = registry;
  return (await first?.load())?.containers.map(({ codec }) => codec.kind) ?? [];
}
