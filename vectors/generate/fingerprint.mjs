// fingerprint.json: the specification's section 6, fingerprints of polls and the words that people compare.
//
// EIP-712's hashStruct, written from its text for any types, so that nothing is repeated of the contract's fixed layout.

import { wordlist } from "@scure/bip39/wordlists/english.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { address, hex, keccak, number, sample, word, write } from "./encoding.mjs";

const TYPES = {
    ChamberRule: [["uint64", "chamber"], ["bool", "weighted"], ["uint32", "minBallots"], ["uint16", "thresholdBps"], ["uint64", "quorum"], ["uint64", "step"]],
    Rule: [["uint8", "kind"], ["uint16", "parameter"], ["bool", "exact"], ["bool", "choiceInNote"], ["bool", "masked"]],
    PollContent: [
        ["uint256", "chainId"], ["address", "polls"], ["address", "creator"], ["bytes32", "proposal"], ["string", "metadata"],
        ["uint8", "options"], ["Rule", "rule"], ["uint8", "decision"], ["uint8", "chambersRequired"], ["ChamberRule[]", "chambers"],
        ["uint64", "committee"], ["uint8", "teller"], ["address", "canceller"],
    ],
    Poll: [
        ["PollContent", "content"], ["uint256", "number"], ["uint64", "opensAt"], ["uint64", "closesAt"], ["uint64", "tallyDeadline"],
        ["uint64", "cancelDeadline"], ["uint256", "keysHash"],
    ],
};

const text = (value) => number(keccak_256(Buffer.from(value, "utf8")));
const itemOf = (type) => type.replace(/\[\]$/, "");
const declare = (type) => `${type}(${TYPES[type].map(([kind, name]) => `${kind} ${name}`).join(",")})`;
const references = (type, found = new Set()) => {
    for (const [kind] of TYPES[type]) {
        const item = itemOf(kind);
        if (TYPES[item] && !found.has(item)) references(item, found.add(item));
    }
    return found;
};
const encodeType = (type) => declare(type) + [...references(type)].sort().map(declare).join("");
const hashStruct = (type, value) =>
    keccak(text(encodeType(type)), ...TYPES[type].map(([kind, name]) => encodeValue(kind, value[name])));
const encodeValue = (type, value) => {
    if (type.endsWith("[]")) {
        return number(keccak_256(Buffer.concat(value.map((item) => word(encodeValue(itemOf(type), item))))));
    }
    if (TYPES[type]) return hashStruct(type, value);
    return type === "string" ? text(value) : BigInt(value);
};

/** The first 88 bits of a content's hash, 11 bits a word. */
const wordsOf = (content) =>
    Array.from({ length: 8 }, (_, i) => wordlist[Number((content >> (256n - 11n * BigInt(i + 1))) & 2047n)]);

const question = (title, options) => JSON.stringify({ version: 1, title, ...(options && { options }) });
const chamber = (id, weighted, minBallots, thresholdBps, quorum, step = 1) => ({ chamber: id, weighted, minBallots, thresholdBps, quorum, step });
const base = {
    chainId: 31337, polls: address(sample("polls contract", 1n << 160n)), creator: address(sample("creator", 1n << 160n)),
    proposal: hex(sample("proposal", 1n << 256n)), metadata: question("Which model?", ["Small", "Large", "None"]),
    options: 3, rule: { kind: 0, parameter: 0, exact: false, choiceInNote: false, masked: true }, decision: 0, chambersRequired: 1,
    chambers: [chamber(0, false, 5, 5_000, 10)], committee: 0, teller: 0, canceller: address(0n),
    number: 1, opensAt: 1_767_225_600, closesAt: 1_767_830_400, tallyDeadline: 1_768_435_200, cancelDeadline: 0,
    keysHash: hex(sample("keys hash", 1n << 253n)),
};
const MAX_64 = Number.MAX_SAFE_INTEGER;
const polls = [
    ["options", {}],
    ["motion", { decision: 1, metadata: question("Fund the audit"), chambersRequired: 2, chambers: [chamber(0, false, 5, 5_000, 10), chamber(7, true, 20, 6_667, 4_000)] }],
    ["eight options", { options: 8, rule: { kind: 4, parameter: 100, exact: false, choiceInNote: true, masked: false }, metadata: question("Ångström für München?", [..."ABCDEFGH"]) }],
    ["canceller", { canceller: address(sample("canceller", 1n << 160n)), cancelDeadline: 1_767_300_000 }],
    ["rounded", { chambers: [chamber(0, false, 5, 5_000, 10, 10), chamber(1, true, 5, 5_000, 10, 2 ** 40)], teller: 2 }],
    ["greatest numbers", {
        chainId: MAX_64, options: 8, rule: { kind: 3, parameter: 65_535, exact: true, choiceInNote: false, masked: false }, chambersRequired: 16, committee: MAX_64, teller: 255, number: MAX_64,
        chambers: Array.from({ length: 16 }, (_, i) => chamber(MAX_64 - i, i % 2 === 0, 2 ** 32 - 1, 10_000, MAX_64, MAX_64 - 2 * i)),
        opensAt: MAX_64 - 2, closesAt: MAX_64 - 1, tallyDeadline: MAX_64, metadata: "",
    }],
].map(([name, changes]) => {
    const parameters = { ...base, ...changes };
    const content = hashStruct("PollContent", parameters), fingerprint = hashStruct("Poll", { ...parameters, content: parameters });
    const scopes = parameters.chambers.map(({ chamber: id }) => hex(keccak(fingerprint, id) >> 8n));
    return { name, parameters, content: hex(content), words: wordsOf(content).join("-"), fingerprint: hex(fingerprint), scopes };
});

write("fingerprint", ["@noble/hashes", "@scure/bip39"], { types: { Poll: encodeType("Poll"), PollContent: encodeType("PollContent") }, polls });
