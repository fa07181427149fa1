// Forms of sheets with their hashes, and sheet polls with their fingerprints, for `vectors.mjs`: from npm packages that
// are independent of the contracts.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { poseidon4, poseidon5, poseidon6 } from "poseidon-lite";

const hex = (v) => "0x" + v.toString(16).padStart(64, "0");

// EIP-712's hashStruct, for the types of a sheet poll: a name and fields [type, name], by type name.
const structs = {
    SheetChamber: [["uint64", "chamber"], ["uint32", "minBallots"], ["uint32", "leastCamp"]],
    Form: [
        ["uint8", "kind"],
        ["bool", "exact"],
        ["uint8", "count"],
        ["uint40", "lasts"],
        ["bool", "camps"],
        ["bytes", "axis"],
        ["uint24", "threshold"],
        ["uint256", "pilot"],
        ["uint256", "lot"],
    ],
    AdoptionRule: [["uint16", "theta"], ["uint32", "quorum"], ["uint16", "required"]],
    SheetContent: [
        ["uint256", "chainId"],
        ["address", "sheets"],
        ["address", "creator"],
        ["bytes32", "proposal"],
        ["string", "metadata"],
        ["bytes32", "agenda"],
        ["uint8", "size"],
        ["Form", "form"],
        ["SheetChamber[]", "chambers"],
        ["AdoptionRule", "adoption"],
        ["uint64", "committee"],
        ["address", "canceller"],
    ],
    Sheet: [
        ["SheetContent", "content"],
        ["uint256", "number"],
        ["uint64", "opensAt"],
        ["uint64", "closesAt"],
        ["uint64", "tallyDeadline"],
        ["uint64", "cancelDeadline"],
        ["uint256", "keysHash"],
    ],
};
const element = (type) => type.replace("[]", "");
const encodeType = (name) => `${name}(${structs[name].map(([type, field]) => `${type} ${field}`).join(",")})`;
function referenced(name, found = new Set()) {
    for (const [type] of structs[name]) {
        const inner = element(type);
        if (structs[inner] && !found.has(inner)) referenced(inner, found.add(inner));
    }
    return found;
}
const keccak = (bytes) => keccak_256(bytes);
const utf8 = (text) => new TextEncoder().encode(text);
const fromHex = (text) => Uint8Array.from(Buffer.from(text.slice(2), "hex"));
const word = (value) => fromHex(hex(BigInt(value)));
const join = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
function hashStruct(name, value) {
    const type = [name, ...[...referenced(name)].sort()].map(encodeType).join("");
    const fields = structs[name].map(([fieldType, field]) => encodeField(fieldType, value[field]));
    return keccak(join([keccak(utf8(type)), ...fields]));
}
function encodeField(type, value) {
    if (type.endsWith("[]")) return keccak(join(value.map((item) => encodeField(element(type), item))));
    if (structs[type]) return hashStruct(type, value);
    if (type === "string") return keccak(utf8(value));
    if (type === "bytes") return keccak(fromHex(value));
    return word(value);
}

/** Returns sheet polls of all kinds; `number(label, modulus)` gives nothing-up-my-sleeve numbers. */
export function sheetVectors(number) {
    const tag = (name) => BigInt("0x" + Buffer.from(keccak(utf8(`psephos.v1.${name}`))).toString("hex")) >> 8n;
    const kinds = ["Statements", "Groups", "Ranking", "Approval"];
    const formHash = (form, size) => {
        const shape =
            ((1n << BigInt(form.count)) - 1n) |
            (BigInt(form.lasts) << 40n) |
            (form.kind ? 1n << [0n, 80n, 82n, 83n][form.kind] : 0n) |
            (form.exact ? 1n << 81n : 0n) |
            (form.camps ? 1n << 84n : 0n);
        const bytes = [...fromHex(form.axis)];
        const words = [];
        for (let i = 0; i < bytes.length; i += 31)
            words.push(bytes.slice(i, i + 31).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
        const hash = size === 16 ? poseidon5 : poseidon6;
        const axis = hash([tag("axis"), BigInt(form.pilot), BigInt(form.threshold), ...words]);
        return poseidon4([tag("form"), shape, BigInt(form.lot), axis]);
    };
    const bytesOf = (size, used, filler) => {
        const bytes = Array.from({ length: 2 * size }, (_, i) => (i < used.length ? used[i] : filler));
        return "0x" + Buffer.from(bytes).toString("hex");
    };
    const plain = { kind: 0, exact: false, lasts: "0", camps: false, threshold: 8192, pilot: "0", lot: "0" };
    const noise = (label, count) => Array.from({ length: 2 * count }, (_, i) => Number(number(`${label} ${i}`, 256n)));
    const pilot = (label) => hex(number(label) >> 8n);
    const neutral = (size) => bytesOf(size, [], 128);
    const camps = (size, count, threshold) => ({
        ...plain,
        count,
        camps: true,
        threshold,
        pilot: pilot(`pilot ${size}`),
        axis: bytesOf(size, noise(`axis ${size}`, count), 128),
    });
    const forms = [
        [16, { ...plain, count: 9, axis: neutral(16) }],
        [40, { ...plain, count: 40, axis: neutral(40) }],
        [16, camps(16, 16, 8190)],
        [40, camps(40, 37, 16383)],
        [40, { ...plain, kind: 1, exact: true, count: 12, lasts: "2064", axis: neutral(40) }],
        [40, { ...plain, kind: 2, count: 36, axis: neutral(40) }],
        [16, { ...plain, kind: 3, count: 11, threshold: 4194303, axis: bytesOf(16, noise("costs", 11), 0) }],
    ];
    const address = (label) => "0x" + number(label, 1n << 160n).toString(16).padStart(40, "0");
    const polls = forms.map(([size, form], i) => {
        const content = {
            chainId: 31337,
            sheets: address(`sheets ${i}`),
            creator: address(`creator ${i}`),
            proposal: hex(number(`proposal ${i}`)),
            metadata: `agenda ${i}, ünïcödé`,
            agenda: hex(number(`agenda ${i}`)),
            size,
            form,
            chambers: Array.from({ length: 1 + (i % 3) }, (_, j) => ({
                chamber: 7 * j + i,
                minBallots: 60 + j,
                leastCamp: form.camps ? 30 + j : 0,
            })),
            adoption: form.kind === 0 && i !== 1 ? { theta: 8500 + i, quorum: 30 * i, required: 1 } : { theta: 0, quorum: 0, required: 0 },
            committee: i,
            canceller: i % 2 ? address("canceller") : "0x" + "0".repeat(40),
        };
        const opensAt = 1_800_000_000 + i;
        const sheet = {
            content,
            number: i + 1,
            opensAt,
            closesAt: opensAt + 86_400,
            tallyDeadline: opensAt + 172_800,
            cancelDeadline: i % 2 ? opensAt : 0,
            keysHash: hex(number(`keys ${i}`)),
        };
        return {
            ...sheet,
            kind: kinds[form.kind],
            formHash: hex(formHash(form, size)),
            contentHash: "0x" + Buffer.from(hashStruct("SheetContent", content)).toString("hex"),
            fingerprint: "0x" + Buffer.from(hashStruct("Sheet", sheet)).toString("hex"),
        };
    });
    return { count: polls.length, polls };
}
