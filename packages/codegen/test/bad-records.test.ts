import { describe } from "vitest";
import { check, scalar, value } from "./bad.js";

describe("the records of a stream", () => {
  const at = "error a.json#";
  const head = value({ type: "object", properties: { length: scalar, start: scalar } });
  const $ref = { Head: head, Item: value({ type: "object", properties: { a: scalar } }) };
  const record = (name: string, more: object = {}) => ({ name, schema: { $ref: "#/$defs/Head" }, ...more });
  const list = (more: object = {}) => ({ name: "items", schema: { $ref: "#/$defs/Item" }, repeat: true, ...more });
  const R = (records: unknown, more: object = {}) => ({
    "a.json": {
      $schema: "urn:somakit:dialect:1",
      title: "Data",
      description: "Data.",
      container: { kind: "msgpack-stream", wrap: "xz" },
      records,
      $defs: $ref,
      ...more,
    },
  });
  const own = { ownStream: true };
  check([
    [
      "are fine",
      R([record("head", { ...own, room: 64 }), list({ count: [["head", "length"]], start: ["head", "start"] })]),
      [],
    ],
    [
      "are needed",
      R(undefined, { type: "object", properties: { head, item: $ref.Item } }),
      [`${at}/container: msgpack-stream holds records: "records" is missing`],
    ],
    [
      "end with one that repeats",
      R([list(), record("head")]),
      [
        `${at}/records/0/repeat: what repeats to the end has to be the last record`,
        `${at}/records/1: the last record has to be the one that repeats: "repeat" is missing`,
      ],
    ],
    [
      "have names of their own",
      R([record("items"), list()]),
      [`${at}/records/1/name: there is a record "items" already`],
    ],
    [
      "are counted by a record that is there",
      R([record("head"), list({ count: [["hed", "length"]] })]),
      [`${at}/records/1/count/0: "hed" is no record before those that repeat; did you mean "head"?`],
    ],
    [
      "are counted by a key that is there",
      R([record("head"), list({ count: [["head", "lenght"]] })]),
      [`${at}/records/1/count/0: key "lenght" of "head" is not described; did you mean "length"?`],
    ],
    [
      "begin at a stream that the record before them ends",
      R([record("head", own), record("more"), list({ start: ["head", "start"] })]),
      [`${at}/records/2/start: no stream begins there: "more" has no stream of its own`],
    ],
    [
      "are placed by the first record",
      R([record("more", own), record("head", own), list({ start: ["head", "start"] })]),
      [`${at}/records/2/start/0: the record that states it has to be the first one`],
    ],
    [
      "are placed by a record that can be written again",
      R([record("head"), list({ perBlock: ["head", "start"] })]),
      [`${at}/records/0: it states where others are, so it has to be a stream by itself: "ownStream" is missing`],
    ],
    [
      "are placed by one record",
      R([record("head", own), record("more", own), list({ start: ["head", "start"], perBlock: ["more", "length"] })]),
      [`${at}/records/2/perBlock/0: has to be the record "head", which states the start`],
    ],
    [
      "have room only in a stream of their own",
      R([record("head", { room: 64 }), list()]),
      [`${at}/records/0: "room" needs "ownStream" beside it`],
    ],
    [
      "have room in fours",
      R([record("head", { ...own, room: 6 }), list()]),
      [`${at}/records/0/room: "room" must be multiple of 4`],
    ],
  ]);
});
