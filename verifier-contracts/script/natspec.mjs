// Checks that every external or public item of src/ is documented, and that comment lines in src/ and test/ have at
// most 120 columns. Usage: `npm run natspec`. Prints what is missing and `N of N items documented`; exits with 1 if an
// item is undocumented or a line is too long.
//
// An item is a contract, interface or library (needs @title and @notice); a function, constructor or public state
// variable that is external, public, or of a library; an event, an error, a struct or an enum. Each needs @notice
// (structs and enums inside contracts: @notice or @dev); every parameter, return value and struct member needs its tag,
// every enum value a @custom:variant. @inheritdoc is accepted if it names a base that declares the item, which is
// checked there.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");
const project = fileURLToPath(new URL("..", import.meta.url));
const WIDTH = 120;

const files = (folder) =>
    readdirSync(join(project, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? files(path) : [path.split(sep).join("/")];
    });
const read = (path) => readFileSync(join(project, path), "utf8");

/** Finds an imported file by the remappings of foundry.toml; all of them point into node_modules. */
function resolveImport(path) {
    try {
        const name = path.startsWith("node_modules/") ? path : join("node_modules", path);
        return { contents: readFileSync(join(project, name), "utf8") };
    } catch (error) {
        return { error: error.message };
    }
}

/** Returns the syntax trees of the sources in src/, by path. */
function parse() {
    const sources = {};
    for (const path of files("src").filter((path) => path.endsWith(".sol"))) sources[path] = { content: read(path) };
    const settings = { outputSelection: { "*": { "": ["ast"] } } };
    const input = JSON.stringify({ language: "Solidity", sources, settings });
    const output = JSON.parse(solc.compile(input, { import: resolveImport }));
    const errors = (output.errors ?? []).filter((entry) => entry.severity === "error");
    if (errors.length) throw new Error(errors[0].formattedMessage);
    return Object.entries(output.sources).filter(([path]) => path in sources);
}

/** Returns the tags of a documentation comment, as [tag, text]. Text before the first tag is a @notice. */
function tags(node) {
    const text = typeof node.documentation === "string" ? node.documentation : (node.documentation?.text ?? "");
    const parts = ` @notice ${text}`.split(/\s@(?=[a-z])/).slice(1);
    return parts
        .map((part) => part.match(/^(\S+)\s*([\s\S]*)$/).slice(1))
        .map(([tag, value]) => [tag, value.replace(/\s+/g, " ").trim()])
        .filter(([, value]) => value);
}

/** Returns the names in a list that no tag describes with at least one word. */
function undescribed(found, tag, names) {
    const described = found.filter(([name]) => name === tag).map(([, value]) => value.match(/^(\S+) (\S.*)$/)?.[1]);
    return names.filter((name) => !described.includes(name)).map((name) => `@${tag} ${name}`);
}

/** Returns what an item's documentation lacks. */
function lacks(node, inside) {
    const found = tags(node);
    const has = (tag) => found.some(([name]) => name === tag);
    if (node.nodeType === "ContractDefinition") {
        return ["title", "notice"].filter((tag) => !has(tag)).map((tag) => `@${tag}`);
    }
    if (has("inheritdoc")) return inherits(node, found.find(([name]) => name === "inheritdoc")[1], inside);

    const isType = ["StructDefinition", "EnumDefinition"].includes(node.nodeType);
    const internal = isType && inside.contractKind === "contract";
    const missing = has("notice") || (internal && has("dev")) ? [] : ["@notice"];
    const declared = (list) => (list?.parameters ?? []).map((parameter) => parameter.name);
    switch (node.nodeType) {
        case "StructDefinition":
            return [...missing, ...undescribed(found, "param", node.members.map((member) => member.name))];
        case "EnumDefinition":
            return [...missing, ...undescribed(found, "custom:variant", node.members.map((member) => member.name))];
        case "VariableDeclaration":
            return missing;
        default: {
            const named = declared(node.parameters).filter((name) => name);
            missing.push(...undescribed(found, "param", named));
            // solc itself rejects a @return with another name than its value's; here their number is checked.
            const wanted = declared(node.returnParameters);
            const returned = found.filter(([name]) => name === "return").length;
            if (returned !== wanted.length) missing.push(`${wanted.length} @return, not ${returned}`);
            return missing;
        }
    }
}

/** Returns what is wrong with an @inheritdoc: the named contract must be a base that declares the item. */
function inherits(node, name, inside) {
    const base = contracts.get(name);
    const bases = base && inside.linearizedBaseContracts.includes(base.id);
    const declares = bases && base.nodes.some((other) => other.nodeType === node.nodeType && other.name === node.name);
    return declares ? [] : [`@inheritdoc of a base that declares it, not ${name}`];
}

/** Returns whether an item inside a contract must be documented. */
function isItem(node, inside) {
    switch (node.nodeType) {
        case "FunctionDefinition": {
            if (node.kind === "constructor") return node.parameters.parameters.length > 0;
            const inLibrary = inside.contractKind === "library" && node.visibility !== "private";
            return ["external", "public"].includes(node.visibility) || inLibrary;
        }
        case "VariableDeclaration":
            return node.visibility === "public" || (inside.contractKind === "library" && node.visibility !== "private");
        case "EventDefinition":
        case "ErrorDefinition":
        case "StructDefinition":
        case "EnumDefinition":
            return true;
        default:
            return false;
    }
}

/** Returns the comment lines that are wider than 120 columns, as path:line. */
function wideComments() {
    const paths = [...files("src"), ...files("test")].filter((path) => path.endsWith(".sol"));
    return paths.flatMap((path) =>
        read(path)
            .split("\n")
            .map((line, index) => [line, index + 1])
            .filter(([line]) => [...line].length > WIDTH && /\/\/|^\s*\/?\*/.test(line))
            .map(([line, number]) => `${path}:${number}: ${[...line].length} columns`),
    );
}

/** Returns the syntax trees, or ends the program with the compiler's error: it rejects unknown names in tags itself. */
function parseOrExit() {
    try {
        return parse();
    } catch (error) {
        console.error(`natspec: ${error.message}`);
        process.exit(1);
    }
}

const trees = parseOrExit();
const contracts = new Map();
for (const [, { ast }] of trees)
    for (const node of ast.nodes) if (node.nodeType === "ContractDefinition") contracts.set(node.name, node);

let items = 0;
const faults = [];
for (const [path, { ast }] of trees) {
    const source = read(path);
    const before = (node) => Buffer.from(source).subarray(0, Number(node.src.split(":")[0])).toString();
    const line = (node) => before(node).split("\n").length;
    for (const contract of ast.nodes.filter((node) => node.nodeType === "ContractDefinition")) {
        const inside = contract.nodes.filter((node) => isItem(node, contract)).map((node) => [node, contract]);
        for (const [node, owner] of [[contract, contract], ...inside]) {
            items++;
            const missing = lacks(node, owner);
            if (!missing.length) continue;
            const name = node === owner ? node.name : `${owner.name}.${node.name || node.kind}`;
            faults.push(`${relative(".", path)}:${line(node)}: ${name} lacks ${missing.join(", ")}`);
        }
    }
}
const wide = wideComments();
for (const text of [...faults, ...wide]) console.error(text);
console.log(`${items - faults.length} of ${items} items documented`);
if (wide.length) console.log(`${wide.length} comment lines wider than ${WIDTH} columns`);
process.exit(faults.length || wide.length ? 1 : 0);
