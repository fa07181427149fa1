// decision.json: the specification's section 10, choices of chambers and decisions of polls.
//
// The decision follows from its meaning, not from the rule's inequalities: every way in which the pending chambers could
// still choose is tried.

import { write, sample } from "./encoding.mjs";

const BASIS_POINTS = 10_000;

/** The option with more votes than every other one, if there is one. */
const onlyMaximum = (values) => {
    const most = Math.max(...values);
    const places = values.flatMap((value, option) => (value === most ? [option] : []));
    return places.length === 1 ? places[0] : null;
};

/** A motion's options are Against, For, Abstain; a chamber can choose For only. */
const FOR = 1;

const chooseInMotion = ([no, yes, abstain], quorum, thresholdBps) =>
    yes > no && yes + abstain >= quorum && yes * BASIS_POINTS >= thresholdBps * (yes + no) ? FOR : null;

const choose = (totals, quorum, thresholdBps) => {
    const sum = totals.reduce((a, b) => a + b, 0), best = onlyMaximum(totals);
    return best !== null && sum >= quorum && totals[best] * BASIS_POINTS >= thresholdBps * sum ? best : null;
};

/** The outcome once no chamber is pending: an option, or null. */
const outcomeOf = (choices, options, required) => {
    const votes = Array.from({ length: options }, (_, option) => choices.filter((choice) => choice === option).length);
    const best = onlyMaximum(votes);
    return best !== null && votes[best] >= required ? best : null;
};

/** All ways to replace "pending" by one of the options that can be chosen, or by none. */
const completions = (choices, eligible) => choices.reduce((all, choice) => {
    const ways = choice === "pending" ? [null, ...eligible] : [choice];
    return all.flatMap((before) => ways.map((way) => [...before, way]));
}, [[]]);

const decide = (choices, options, eligible, required) => {
    const outcomes = new Set(completions(choices, eligible).map((all) => outcomeOf(all, options, required)));
    if (outcomes.size > 1) return { state: "open" };
    const [outcome] = outcomes;
    return outcome === null ? { state: "rejected" } : { state: "decided", outcome };
};

const pick = (label, count) => Number(sample(`decision/${label}`, BigInt(count)));

const edges = [
    [[3, 5, 1], 0, 0], [[5, 5, 1], 0, 0], [[3, 5, 1], 9, 0], [[3, 5, 1], 10, 0], [[5, 15, 0], 0, 7_500], [[5, 15, 0], 0, 7_501],
    [[0, 0], 0, 0], [[0, 2 ** 40, 0], 2 ** 40, 10_000], [[1, 0], 1, 10_000], [[1, 1, 1, 1, 1, 1, 1, 2], 9, 2_222],
    [[1, 1, 1, 1, 1, 1, 1, 2], 9, 2_223],
];
const drawnTotals = Array.from({ length: 40 }, (_, i) => {
    const options = 2 + pick(`${i}/options`, 7);
    const totals = Array.from({ length: options }, (_, option) => pick(`${i}/total/${option}`, 5));
    return [totals, pick(`${i}/quorum`, 12), pick(`${i}/threshold`, BASIS_POINTS + 1)];
});
// Totals of Against, For, Abstain: a majority, abstentions that exceed both, ties, the quorum with and without Against,
// the threshold of For and Against alone.
const motionEdges = [
    [[10, 30, 60], 0, 5_000], [[10, 30, 60], 90, 5_000], [[10, 30, 60], 91, 0], [[30, 30, 60], 0, 0], [[30, 29, 60], 0, 0],
    [[0, 0, 60], 0, 0], [[0, 1, 0], 1, 10_000], [[1, 3, 96], 0, 7_500], [[1, 3, 96], 0, 7_501], [[50, 51, 0], 52, 0],
    [[50, 51, 1], 52, 0], [[0, 2 ** 40, 0], 2 ** 40, 10_000],
];
const drawnMotions = Array.from({ length: 30 }, (_, i) =>
    [[0, 1, 2].map((option) => pick(`motion ${i}/total/${option}`, 6)), pick(`motion ${i}/quorum`, 10), pick(`motion ${i}/threshold`, BASIS_POINTS + 1)]);
const choices = [
    ...[...edges, ...drawnTotals].map(([totals, quorum, threshold_bps]) =>
        ({ decision: "options", totals, quorum, threshold_bps, choice: choose(totals, quorum, threshold_bps) })),
    ...[...motionEdges, ...drawnMotions].map(([totals, quorum, threshold_bps]) =>
        ({ decision: "motion", totals, quorum, threshold_bps, choice: chooseInMotion(totals, quorum, threshold_bps) })),
];

const P = "pending";
const sure = [
    // Two of three chambers agree and two are required: the third can change nothing.
    [[1, 1, P], 2, 2], [[1, 1, P], 2, 3], [[1, P, P], 2, 2], [[0, 1, P], 2, 2], [[0, 1, P], 2, 3], [[null, null, P], 2, 2],
    // Chosen by enough, but a pending chamber could draw level.
    [[0, 1, 0, P], 2, 2], [[0, 0, 1, P], 2, 1], [[0, 0, 1, 1], 2, 2], [[0, 0, 1, 1, P], 2, 2], [[null], 2, 1], [[P], 2, 1],
    [[0, 1, 2], 3, 1], [[2, 2, 1, null], 3, 2], [[P, P, P], 3, 3], [[0, P, P, null], 3, 4],
];
const drawn = Array.from({ length: 120 }, (_, i) => {
    const options = 2 + pick(`poll ${i}/options`, 3), chambers = 1 + pick(`poll ${i}/chambers`, 5);
    const choice = (chamber) => [P, P, null, ...Array(options).keys()][pick(`poll ${i}/${chamber}`, options + 3)];
    return [Array.from({ length: chambers }, (_, chamber) => choice(chamber)), options, 1 + pick(`poll ${i}/required`, chambers)];
});
const sureMotions = [
    [[FOR, FOR, P], 2], [[FOR, P], 2], [[FOR, P], 1], [[P, P], 2], [[null, P], 2], [[null, P], 1], [[null, null, P], 2], [[P], 1], [[null], 1],
];
const drawnMotionPolls = Array.from({ length: 30 }, (_, i) => {
    const chambers = 1 + pick(`motion poll ${i}/chambers`, 6);
    const choice = (chamber) => [P, null, FOR][pick(`motion poll ${i}/${chamber}`, 3)];
    return [Array.from({ length: chambers }, (_, chamber) => choice(chamber)), 1 + pick(`motion poll ${i}/required`, chambers)];
});
const describe = (decision, choices, options, eligible, chambers_required) => {
    const count = (wanted) => choices.filter((choice) => choice === wanted).length;
    const votes = [...Array(options).keys()].map(count), pending = count(P);
    return { decision, choices, votes, pending, chambers_required, ...decide(choices, options, eligible, chambers_required) };
};
const polls = [
    ...[...sure, ...drawn].map(([choices, options, required]) =>
        describe("options", choices, options, [...Array(options).keys()], required)),
    ...[...sureMotions, ...drawnMotionPolls].map(([choices, required]) => describe("motion", choices, 3, [FOR], required)),
];

write("decision", ["@noble/hashes"], { choices, polls });
