import { expect, test } from "vitest";
import type { Case, Contender } from "../src/contract.ts";
import { NotAvailable } from "../src/not-available.mjs";
import { runCase } from "../src/rounds.mjs";

test("contenders take turns, and the first round does not count", async () => {
  const turns: string[] = [];
  const result = await runCase(caseOf([contender("a"), contender("b", "peer")]), 2, ({ id }, n) =>
    turns.push(`${id}${n}`),
  );
  // prepared first, then warmed up, then two rounds
  expect(turns).toEqual(["a0", "b0", "a0", "b0", "a1", "b1", "a2", "b2"]);
  expect(result.contenders[0]?.rounds).toEqual([{ rate: 2 }, { rate: 3 }]);
});

test("who is not warm yet warms up again, four times at most", async () => {
  const turns: string[] = [];
  const slow = (id: string, warmAfter: number): Contender => ({
    ...contender(id, "peer"),
    prepare: async () => {
      let rounds = 0;
      return {
        round: async () => ({ rate: ++rounds }),
        close: async () => {},
        isWarm: () => rounds >= warmAfter,
      };
    },
  });
  const what = caseOf([contender("a"), slow("b", 2), slow("c", 9)]);
  const { contenders } = await runCase(what, 1, ({ id }, n) => turns.push(`${id}${n}`));
  expect(turns.slice(3).join(" ")).toBe("a0 b0 c0 b0 c0 c0 c0 a1 b1 c1");
  expect(contenders[2]?.rounds).toEqual([{ rate: 5 }]);
});

test("ratios are formed within a round: a slow one leaves no trace in them", async () => {
  const ours = contender("a", "ours", [0, 10, 20, 200]);
  const raw = contender("raw", "baseline", [0, 5, 10, 100]);
  const { ratios } = await runCase(caseOf([ours, raw]), 3, () => {});
  expect(ratios).toEqual([{ of: "a", to: "raw", median: 2, min: 2, max: 2, q1: 2, q3: 2 }]);
});

test("of times, the smaller one is the better one", async () => {
  const ours = contender("a", "ours", [0, 10]);
  const raw = contender("raw", "baseline", [0, 30]);
  const what = caseOf([ours, raw]);
  const timed: Case = { ...what, metrics: { rate: { unit: "ms", better: "lower" } } };
  const { ratios } = await runCase(timed, 1, () => {});
  expect(ratios[0]?.median).toBe(3);
});

test("a peer that cannot be opened, or fails in a round, is out with its reason", async () => {
  const absent: Contender = {
    ...contender("absent", "peer"),
    prepare: () => Promise.reject(new Error("no binary\nfor this Node")),
  };
  let closed = 0;
  const broken: Contender = {
    ...contender("broken", "peer"),
    prepare: async () => ({
      round: () => Promise.reject(new Error("it lost a record")),
      close: async () => {
        closed++;
      },
    }),
  };
  const { contenders } = await runCase(caseOf([contender("a"), absent, broken]), 2, () => {});
  expect(contenders.map(({ id, status, reason }) => [id, status, reason])).toEqual([
    ["a", "measured", undefined],
    ["absent", "not available", "no binary"],
    ["broken", "not available", "it lost a record"],
  ]);
  expect(closed).toBe(1);
});

test("ours failing is an error, unless it says that it cannot be measured", async () => {
  const failing = (error: Error): Contender => ({
    ...contender("a"),
    prepare: () => Promise.reject(error),
  });
  await expect(runCase(caseOf([failing(new Error("corrupt"))]), 1, () => {})).rejects.toThrow(
    "name of a: corrupt",
  );
  const { contenders } = await runCase(
    caseOf([failing(new NotAvailable("too large"))]),
    1,
    () => {},
  );
  expect(contenders[0]?.reason).toBe("too large");
});

test("all are closed, though the one before failed to be", async () => {
  const closed: string[] = [];
  const closing = (id: string, role: Contender["role"]): Contender => ({
    ...contender(id, role),
    prepare: async () => ({
      round: async () => ({ rate: 1 }),
      close: async () => {
        closed.push(id);
        throw new Error(`${id} is stuck`);
      },
    }),
  });
  const what = caseOf([closing("a", "ours"), closing("b", "peer"), closing("c", "baseline")]);
  await expect(runCase(what, 1, () => {})).rejects.toThrow("name of a: a is stuck");
  expect(closed).toEqual(["a", "b", "c"]);
});

function caseOf(contenders: Contender[]): Case {
  return {
    id: "case",
    title: "case",
    metrics: { rate: { unit: "1/s", better: "higher" } },
    contenders,
  };
}

/** Gives `values` in turn, by default 1, 2, 3 and on. */
function contender(id: string, role: Contender["role"] = "ours", values?: number[]): Contender {
  let round = 0;
  const next = () => {
    const rate = values === undefined ? round + 1 : (values[round] ?? Number.NaN);
    round++;
    return { rate };
  };
  return {
    id,
    role,
    name: `name of ${id}`,
    settings: "",
    durable: true,
    prepare: async () => ({ round: async () => next(), close: async () => {} }),
  };
}
