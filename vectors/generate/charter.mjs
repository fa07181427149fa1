// charter-*.json: from the export of a conversation to an agenda, an axis, camps, totals, outcomes and a charter.
//
// The direction is found by power iteration here, and the threshold by trying every cut of the sorted scores for one that
// 2-means leaves as it is, so that neither repeats the crate's algorithm.

import { readFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, keccak, number, word, write } from "./encoding.mjs";

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

const charterOf = (texts, poll) => {
    const leaves = texts.map((text, i) => keccak(keccak(hashText("psephos.v1.principle"), BigInt(i), hashText(text))));
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
    const root = level[0].node, expires = 1_900_000_000n;
    const hash = keccak(hashText("psephos.v1.charter"), 1n, 0n, root, expires, poll);
    return { version: 1, expires: Number(expires), poll: hex(poll), root: hex(root), hash: hex(hash), proofs: proofs.map((proof) => proof.map(hex)) };
};

const PILOT = 200, THETA = 8_500, QUORUM = 1, SMALL = 60, LEAST_ANSWERS = 7;

const describe = (folder) => {
    const { ids, texts, voters } = select(folder, 40, LEAST_ANSWERS);
    const pilot = voters.slice(0, PILOT), axis = axisOf(pilot.map(({ answers }) => answers));
    const csv = pilot.map(({ answers }) => answers.map((x) => x ?? "").join(",") + "\n").join("");
    const counted = countOf(axis, voters, THETA, QUORUM, ids);
    const bytes = axis.agree.flatMap((weight, j) => [weight + 128, axis.disagree[j] + 128]);
    return {
        folder, least_answers: LEAST_ANSWERS, pilot: PILOT, theta_bps: THETA, quorum: QUORUM,
        statements: ids, agenda: hex(number(keccak_256(Buffer.concat(texts.map((text) => word(hashText(text))))))),
        first_participants: voters.slice(0, SMALL).map(({ participant }) => participant),
        pilot_hash: hex(number(keccak_256(utf8(csv))) >> 8n),
        axis: { ...axis, bytes: "0x" + Buffer.from(bytes).toString("hex"), threshold_word: axis.threshold + 2 ** 13 },
        accuracy: { pilot: accuracyOf(axis, pilot), all: accuracyOf(axis, voters) },
        all: counted, small: countOf(axis, voters.slice(0, SMALL), THETA, QUORUM, ids),
        charter: charterOf(texts.filter((_, j) => counted.adopted.includes(ids[j])), hashText(`poll ${folder}`)),
    };
};

for (const [name, folder] of [["vtaiwan", "vtaiwan.uberx"], ["biodiversity", "scoop-hivemind.biodiversity"]]) {
    write(`charter-${name}`, ["@noble/hashes"], describe(folder));
}
