// charter-*.json: from the export of a conversation to an agenda, an axis, camps, totals, outcomes and a charter.
//
// The direction is found by power iteration here, and the threshold by trying every cut of the sorted scores for one that
// 2-means leaves as it is, so that neither repeats the crate's algorithm.

import { readFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { address, hex, keccak, number, sample, stringifyLines, word, write } from "./encoding.mjs";

const assert = (condition, what) => {
    if (!condition) throw new Error(`the definition does not hold: ${what}`);
};
const utf8 = (text) => Buffer.from(text, "utf8");
const hashText = (text) => number(keccak_256(utf8(text)));

/** RFC 4180: fields in quotes may have commas, line breaks and doubled quotes. */
const parseCsv = (text) => {
    const rows = [[]];
    const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|$)/gy;
    while (pattern.lastIndex < text.length) {
        const [, field, end] = pattern.exec(text);
        rows.at(-1).push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
        if (end !== "," && pattern.lastIndex < text.length) rows.push([]);
    }
    return rows;
};
const readTable = (path) => parseCsv(readFileSync(new URL(`../../charter/data/polis/${path}`, import.meta.url), "utf8"));
const toLine = (text) => text.trim().replaceAll(/[\r\n]+/g, " ").trim().normalize("NFC");

// --- agenda and voters -------------------------------------------------------------------------------------------------

const select = (folder, statements, leastAnswers) => {
    const [names, ...comments] = readTable(`${folder}/comments.csv`);
    const column = (name) => names.indexOf(name);
    const texts = new Map(comments.map((row) => [Number(row[column("comment-id")]), toLine(row[column("comment-body")])]));
    const rejected = new Set(comments.filter((row) => Number(row[column("moderated")]) < 0).map((row) => Number(row[column("comment-id")])));
    const [header, ...rows] = readTable(`${folder}/participants-votes.csv`);
    const ids = header.filter((name) => /^\d+$/.test(name)).map(Number).filter((id) => !rejected.has(id));
    const people = rows.map((row) => ({
        participant: Number(row[header.indexOf("participant")]),
        group: row[header.indexOf("group-id")],
        seen: new Map(ids.map((id) => [id, row[header.indexOf(String(id))]]).filter(([, cell]) => cell !== "").map(([id, cell]) => [id, Number(cell)])),
    }));
    const voters = people.filter(({ seen }) => seen.size >= leastAnswers);
    const answers = (id) => voters.filter(({ seen }) => seen.has(id)).length;
    const ranked = ids.map((id) => [answers(id), id]).sort(([a, x], [b, y]) => b - a || x - y);
    const chosen = ranked.slice(0, statements).map(([, id]) => id).sort((a, b) => a - b);
    const ticket = ({ participant }) => Buffer.from(sha256(utf8(`pilot ${participant}`))).toString("hex");
    const order = voters.map((voter) => [ticket(voter), voter]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, voter]) => voter);
    return {
        ids: chosen, texts: chosen.map((id) => texts.get(id)),
        voters: order.map(({ participant, group, seen }) => ({ participant, group, answers: chosen.map((id) => seen.get(id) ?? null) })),
    };
};

// --- axis --------------------------------------------------------------------------------------------------------------

const add = (list) => list.reduce((a, b) => a + b, 0);

/** Power iteration on the centred rows themselves: `w <- X^T (X w)`. */
const directionOf = (rows) => {
    let w = rows[0].map((_, j) => 1 + j / rows[0].length);
    for (let round = 0, moved = 1; moved > 1e-15; round++) {
        assert(round < 100_000, "power iteration converges");
        const places = rows.map((row) => add(row.map((x, j) => x * w[j])));
        const next = w.map((_, j) => add(rows.map((row, i) => row[j] * places[i])));
        const length = Math.sqrt(add(next.map((x) => x * x)));
        moved = Math.max(...next.map((x, j) => Math.abs(x / length - w[j])));
        w = next.map((x) => x / length);
    }
    const greatest = w.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    return w.map((x) => x * Math.sign(greatest));
};

const roundWeight = (value) => {
    const part = Math.abs(value) - Math.floor(Math.abs(value));
    assert(Math.abs(part - 0.5) > 1e-6, "no weight is in the middle between two integers");
    return Math.round(value) + 0;
};

/** The cuts of the sorted scores that 2-means leaves as they are; it must have reached the one that it starts towards. */
const thresholdOf = (scores) => {
    const sorted = [...scores].sort((a, b) => a - b), mean = (list) => add(list) / list.length;
    const middle = (low, high) => (low + high) / 2;
    const cutAt = (value) => sorted.filter((score) => score <= value).length;
    let cut = cutAt(middle(sorted[0], sorted.at(-1)));
    const stable = sorted.map((_, i) => i + 1).slice(0, -1).filter((i) => cutAt(middle(mean(sorted.slice(0, i)), mean(sorted.slice(i)))) === i);
    while (!stable.includes(cut)) cut = cutAt(middle(mean(sorted.slice(0, cut)), mean(sorted.slice(cut))));
    return Math.floor(middle(mean(sorted.slice(0, cut)), mean(sorted.slice(cut))));
};

const scoreOf = (axis, answers) => add(answers.map((x, j) => (x === 1 ? axis.agree[j] : x === -1 ? axis.disagree[j] : 0)));

const axisOf = (pilot) => {
    const means = pilot[0].map((_, j) => {
        const seen = pilot.map((row) => row[j]).filter((x) => x !== null);
        return seen.length === 0 ? 0 : add(seen) / seen.length;
    });
    const w = directionOf(pilot.map((row) => row.map((x, j) => (x === null ? 0 : x - means[j]))));
    const [agree, disagree] = [1, -1].map((x) => w.map((value, j) => value * (x - means[j])));
    const scale = 127 / Math.max(...[...agree, ...disagree].map(Math.abs));
    const weights = { agree: agree.map((x) => roundWeight(x * scale)), disagree: disagree.map((x) => roundWeight(x * scale)) };
    return { ...weights, threshold: thresholdOf(pilot.map((row) => scoreOf(weights, row))) };
};

// --- totals and outcomes -----------------------------------------------------------------------------------------------

const countOf = (axis, voters, thetaBps, quorum, ids) => {
    const camps = voters.map(({ answers }) => (scoreOf(axis, answers) > axis.threshold ? 1 : 0));
    const totals = [0, 1].map((camp) => [1, -1].map((x) =>
        ids.map((_, j) => voters.filter(({ answers }, i) => camps[i] === camp && answers[j] === x).length)));
    const reaches = (part, whole) => whole > 0 && whole >= quorum && part * 10_000 >= thetaBps * whole;
    const cells = (j) => totals.map(([agrees, disagrees]) => [agrees[j], disagrees[j]]);
    const outcomes = ids.map((_, j) => {
        const adopts = cells(j).map(([a, d]) => reaches(a, a + d)), refuses = cells(j).map(([a, d]) => reaches(d, a + d));
        if (adopts.every(Boolean)) return "adopted";
        return adopts.some(Boolean) && refuses.some(Boolean) ? "contested" : "unheard";
    });
    const sums = ids.map((_, j) => cells(j).reduce(([a, d], [x, y]) => [a + x, d + y]));
    const plain = ids.filter((_, j) => reaches(sums[j][0], sums[j][0] + sums[j][1]));
    const listed = (name) => ids.filter((_, j) => outcomes[j] === name);
    return {
        voters: voters.length, turnout: [0, 1].map((camp) => camps.filter((c) => c === camp).length), camps: camps.join(""),
        totals: totals.map(([agrees, disagrees]) => ({ agrees, disagrees })),
        adopted: listed("adopted"), contested: listed("contested"), plain_majority: plain,
    };
};

const accuracyOf = (axis, voters) => {
    const known = voters.filter(({ group }) => group !== "");
    const same = known.filter(({ group, answers }) => (scoreOf(axis, answers) > axis.threshold) === (group === "1")).length;
    return { agreeing: Math.max(same, known.length - same), known: known.length };
};

// --- charter -----------------------------------------------------------------------------------------------------------

/** Hashes a list of principles `[index in the agenda, text]` as the contract does; each proof goes from leaf to root. */
const charterOf = (terms, principles) => {
    const leaves = principles.map(([index, text]) => keccak(keccak(BigInt(index), hashText(text))));
    const pair = (a, b) => (a < b ? keccak(a, b) : keccak(b, a));
    let level = leaves.map((leaf, i) => ({ node: leaf, under: [i] }));
    const proofs = leaves.map(() => []);
    while (level.length > 1) {
        const next = [];
        for (let i = 0; i < level.length; i += 2) {
            const [a, b] = [level[i], level[i + 1]];
            if (b === undefined) { next.push(a); continue; }
            a.under.forEach((leaf) => proofs[leaf].push(b.node));
            b.under.forEach((leaf) => proofs[leaf].push(a.node));
            next.push({ node: pair(a.node, b.node), under: [...a.under, ...b.under] });
        }
        level = next;
    }
    const root = level[0].node, adopted = principles.reduce((mask, [index]) => mask | (1n << BigInt(index)), 0n);
    const { chainId, contract, version, parent, poll, agenda, expiresAt, modelHash, policyHash } = terms;
    const words = [chainId, contract, version, parent, poll, agenda, adopted, root, expiresAt, modelHash, policyHash];
    const hash = keccak(hashText("psephos.v1.charter"), ...words);
    return {
        chain_id: Number(chainId), contract: address(contract), version: Number(version), parent: hex(parent), poll: hex(poll),
        agenda: hex(agenda), adopted: Number(adopted), expires_at: Number(expiresAt), model_hash: hex(modelHash),
        policy_hash: hex(policyHash), root: hex(root), hash: hex(hash), proofs: proofs.map((proof) => proof.map(hex)),
    };
};
const agendaOf = (texts) => number(keccak_256(Buffer.concat(texts.map((text) => word(hashText(text))))));
const CONTRACT = sample("charters contract", 1n << 160n);

const PILOT = 200, THETA = 8_500, QUORUM = 0, SMALL = 60, LEAST_ANSWERS = 7;

const describe = (folder) => {
    const { ids, texts, voters } = select(folder, 40, LEAST_ANSWERS);
    const pilot = voters.slice(0, PILOT), axis = axisOf(pilot.map(({ answers }) => answers));
    const csv = pilot.map(({ answers }) => answers.map((x) => x ?? "").join(",") + "\n").join("");
    const counted = countOf(axis, voters, THETA, QUORUM, ids);
    const terms = {
        chainId: 31_337n, contract: CONTRACT, version: 1n, parent: 0n, poll: hashText(`poll ${folder}`), agenda: agendaOf(texts),
        expiresAt: 1_900_000_000n, modelHash: hashText("model"), policyHash: 0n,
    };
    const bytes = axis.agree.flatMap((weight, j) => [weight + 128, axis.disagree[j] + 128]);
    return {
        folder, least_answers: LEAST_ANSWERS, pilot: PILOT, theta_bps: THETA, quorum: QUORUM,
        statements: ids, agenda: hex(agendaOf(texts)),
        text_hashes: texts.map((text) => hex(hashText(text))),
        first_participants: voters.slice(0, SMALL).map(({ participant }) => participant),
        pilot_hash: hex(number(keccak_256(utf8(csv))) >> 8n),
        axis: { ...axis, bytes: "0x" + Buffer.from(bytes).toString("hex"), threshold_word: axis.threshold + 2 ** 13 },
        accuracy: { pilot: accuracyOf(axis, pilot), all: accuracyOf(axis, voters) },
        all: counted, small: countOf(axis, voters.slice(0, SMALL), THETA, QUORUM, ids),
        charter: charterOf(terms, texts.map((text, j) => [j, text]).filter(([j]) => counted.adopted.includes(ids[j]))),
    };
};

for (const [name, folder] of [["vtaiwan", "vtaiwan.uberx"], ["biodiversity", "scoop-hivemind.biodiversity"]]) {
    write(`charter-${name}`, ["@noble/hashes"], describe(folder));
}

// --- rules by their definitions ----------------------------------------------------------------------------------------

const pick = (label, count) => Number(sample(`charter rules ${label}`, BigInt(count)));
const upTo = (count) => Array.from({ length: count }, (_, i) => i);
const maskOf = (bits) => Number(bits.reduce((mask, bit, j) => (bit ? mask | (1n << BigInt(j)) : mask), 0n));

const adoption = upTo(40).map((n) => {
    const camps = n % 3 !== 0, chambers = 1 + pick(`chambers ${n}`, 3), count = [1, 7, 16, 40][n % 4];
    const theta = [5_000, 5_001, 6_667, 8_500, 10_000][n % 5], quorum = [0, 1, 6][pick(`quorum ${n}`, 3)];
    const required = 1 + pick(`required ${n}`, 2 ** chambers - 1), most = [2, 5, 12][pick(`most ${n}`, 3)];
    // A few agree far more often, so that some statements are adopted.
    const counter = (i, j, k) => (camps || k < 2 ? pick(`cell ${n} ${i} ${j} ${k}`, k % 2 === 0 && j % 2 === 0 ? 9 * most : most) : 0);
    const cells = upTo(chambers).map((i) => upTo(count).map((j) => upTo(4).map((k) => counter(i, j, k))));
    const verdicts = upTo(count).map((j) => {
        const groups = cells.filter((_, i) => (required >> i) & 1).flatMap((chamber) => (camps ? [0, 2] : [0]).map((k) => chamber[j].slice(k, k + 2)));
        const reaches = (part, whole) => whole !== 0 && whole >= quorum && 10_000 * part - theta * whole >= 0;
        const adopts = groups.map(([a, d]) => reaches(a, a + d)), refuses = groups.map(([a, d]) => reaches(d, a + d));
        return !adopts.includes(false) ? "adopted" : adopts.includes(true) && refuses.includes(true) ? "contested" : "unheard";
    });
    const mask = (name) => maskOf(verdicts.map((verdict) => verdict === name));
    return {
        camps, count, theta, quorum, required, cells: cells.map((chamber) => chamber.flat(2)),
        adopted: mask("adopted"), contested: mask("contested"), unheard: mask("unheard"),
    };
});
for (const name of ["adopted", "contested", "unheard"]) assert(adoption.filter((one) => one[name] > 0).length > 5, `statements are ${name}`);

const adoptionRules = [[4_999, 1, 1], [5_000, 1, 1], [10_000, 1, 1], [10_001, 1, 1], [0, 1, 1], [8_500, 0, 1], [8_500, 2, 1], [8_500, 3, 2], [8_500, 65_535, 16], [8_500, 32_768, 15]]
    .map(([theta, required, chambers]) => ({ theta, required, chambers, valid: theta >= 5_000 && theta <= 10_000 && required > 0 && required < 2 ** chambers }));

const top = upTo(60).map((n) => {
    const totals = upTo(2 + pick(`options ${n}`, 7)).map((j) => pick(`total ${n} ${j}`, 8)), whole = [0, 7, 20][n % 3];
    const places = pick(`places ${n}`, 5), leastBps = [0, 1, 2_500, 3_333, 10_000, 10_001][pick(`least ${n}`, 6)];
    const reached = totals.map((total, option) => ({ total, option })).filter(({ total }) => total > 0 && total * 10_000 >= whole * leastBps);
    reached.sort((a, b) => b.total - a.total || a.option - b.option);
    const tie = reached.length > places && places > 0 && reached[places - 1].total === reached[places].total;
    const valid = places > 0 && leastBps <= 10_000 && !tie;
    return { totals, whole, places, least_bps: leastBps, tie, valid, winners: valid ? reached.slice(0, places).map(({ option }) => option) : [] };
});
assert(top.some(({ tie }) => tie) && top.filter(({ winners }) => winners.length > 1).length >= 10, "places are tied, and filled");

const lowerMiddle = (values) => [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
const medians = upTo(40).map((n) => {
    const buckets = 1 + pick(`buckets ${n}`, 40);
    const chambers = upTo(1 + pick(`voting ${n}`, 4)).map((i) => upTo(buckets).map((j) => (n % 8 === 7 && i === 1 ? 0 : pick(`votes ${n} ${i} ${j}`, 4))));
    const each = chambers.map((totals) => lowerMiddle(totals.flatMap((votes, j) => Array(votes).fill(j))));
    const valid = each.every((median) => median !== undefined);
    return { chambers, valid, medians: valid ? each : [], bucket: valid ? lowerMiddle(each) : 0 };
});
assert(medians.some(({ valid }) => !valid), "some chamber has no votes");

const copeland = upTo(40).map((n) => {
    const options = 2 + (n % 8), voters = upTo(pick(`voters ${n}`, 9)).map((v) => upTo(options).map((o) => pick(`rank ${n} ${v} ${o}`, 4)));
    const prefer = (a, b) => voters.filter((ranks) => ranks[a] < ranks[b]).length;
    const pairs = upTo(options).flatMap((k) => upTo(k).map((i) => [i, k]));
    const others = (a) => upTo(options).filter((b) => b !== a);
    const scores = upTo(options).map((a) => add(others(a).map((b) => 1 + Math.sign(prefer(a, b) - prefer(b, a)))));
    const support = upTo(options).map((a) => add(others(a).map((b) => prefer(a, b))));
    const order = upTo(options).sort((a, b) => scores[b] - scores[a] || support[b] - support[a] || a - b);
    const [first, second] = order, unique = scores[first] !== scores[second] || support[first] !== support[second];
    return { before: pairs.map(([i, k]) => prefer(i, k)), behind: pairs.map(([i, k]) => prefer(k, i)), scores, support, order, unique };
});
assert(copeland.some(({ unique }) => !unique), "some option is not alone at the top");

// Choices are options, NONE or PENDING; every way in which pending chambers could choose is tried. A motion has one option
// that can be decided, For, and its chambers choose it, refuse it or neither.
const NONE = 100, PENDING = 101;
const masks = upTo(100).map((n) => {
    const motion = n % 2 === 0, options = motion ? 3 : 2 + pick(`of ${n}`, 2), chambers = 1 + pick(`in ${n}`, 4);
    const possible = motion ? [0, 1, NONE] : [...upTo(options), NONE];
    const draw = (label) => possible[pick(label, possible.length)];
    const choices = upTo(chambers).map((i) => (pick(`pending ${n} ${i}`, 3) === 0 ? PENDING : draw(`choice ${n} ${i}`)));
    const least = 1 + pick(`needed ${n}`, chambers), refusing = motion ? 0 : pick(`refusing ${n}`, options);
    const [required, veto] = ["must", "veto"].map((name) => (pick(`${name}? ${n}`, 2) ? pick(`${name} ${n}`, 2 ** chambers) : 0));
    const holds = (all, option) => {
        const votes = (other) => all.filter((choice) => choice === other).length;
        const beaten = motion || upTo(options).every((other) => other === option || votes(other) < votes(option));
        const has = all.every((choice, i) => choice === option || !((required >> i) & 1));
        const stopped = option !== refusing && all.some((choice, i) => choice === refusing && (veto >> i) & 1);
        return votes(option) >= least && beaten && has && !stopped;
    };
    const complete = choices.reduce((lists, choice) => lists.flatMap((list) => (choice === PENDING ? possible : [choice]).map((one) => [...list, one])), [[]]);
    const asked = motion ? [1] : upTo(options);
    return {
        motion, options, choices, least, required, veto, refusing, asked,
        decided: asked.map((option) => complete.every((all) => holds(all, option))), possible: asked.map((option) => complete.some((all) => holds(all, option))),
    };
});
assert(masks.some(({ decided, veto }) => decided.includes(true) && veto > 0), "some are decided beside a veto chamber");

const live = upTo(40).map((n) => {
    const stages = upTo(pick(`versions ${n}`, 6)).map((i) => (pick(`live ${n} ${i}`, 2) ? 3 : 1 + pick(`stage ${n} ${i}`, 5)));
    const expires = stages.map((_, i) => 100 + pick(`expires ${n} ${i}`, 6)), time = 100 + pick(`time ${n}`, 8);
    const holding = upTo(stages.length).filter((i) => stages[i] === 3 && expires[i] >= time);
    return { stages, expires_at: expires, time, number: holding.length === 0 ? 0 : 1 + Math.max(...holding) };
});

const HOUR = 3_600, profile = { class: "amend-the-rules", ballot_period: 14 * 24 * HOUR, threshold_bps: 6_667, quorum: 30, least: 3, required: 7, veto: 0, starter: null };
const profiles = [
    [profile, true], [{ ...profile, class: "pause", ballot_period: HOUR, threshold_bps: 0, least: 1, required: 1, veto: 6, starter: address(7n) }, true],
    [{ ...profile, ballot_period: 90 * 24 * HOUR, threshold_bps: 10_000 }, true],
    [{ ...profile, ballot_period: 0 }, false], [{ ...profile, ballot_period: HOUR - 1 }, false], [{ ...profile, ballot_period: 90 * 24 * HOUR + 1 }, false],
    [{ ...profile, threshold_bps: 10_001 }, false], [{ ...profile, least: 0, required: 0 }, false], [{ ...profile, least: 2 }, false],
].map(([value, valid]) => ({ ...value, class_hash: hex(hashText(value.class)), valid }));

// A history of charters: each names the one before it.
let parent = 0n;
const charters = [[1, (j) => j === 0], [5, (j) => j !== 2], [12, (j) => j < 3], [40, (j) => j % 6 === 4], [40, (j) => j > 20]].map(([count, isAdopted], i) => {
    const texts = upTo(count).map((j) => `${i + 1}.${j + 1}: ${["Say what you do not know.", "Sei höflich – \"immer\".", "我覺得 <b> & --> 1."][j % 3]}`);
    const terms = {
        chainId: 31_337n, contract: CONTRACT, version: BigInt(i + 1), parent, poll: hashText(`charter poll ${i}`), agenda: agendaOf(texts),
        expiresAt: 2_000_000_000n + BigInt(i), modelHash: i % 2 ? hashText(`model ${i}`) : 0n, policyHash: i % 3 ? hashText(`policy ${i}`) : 0n,
    };
    const charter = charterOf(terms, texts.map((text, j) => [j, text]).filter(([j]) => isAdopted(j)));
    parent = BigInt(charter.hash);
    return { ...charter, texts };
});

write("charter-adoption", ["@noble/hashes"], { adoption, adoption_rules: adoptionRules }, stringifyLines);
write("charter-rules", ["@noble/hashes"], { top, medians, copeland, live, profiles }, stringifyLines);
write("charter-masks", ["@noble/hashes"], { masks }, stringifyLines);
write("charter-hashes", ["@noble/hashes"], { charters }, stringifyLines);
