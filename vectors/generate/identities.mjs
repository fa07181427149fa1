// identities.json: the identities of accounts that follow from one seed.

import { address, hex, number, sample, seedOf, write, xy } from "./encoding.mjs";
import { accountSeedOf, identityOf } from "./voters.mjs";

const account = (label) => sample(label, 1n << 160n);
const seeds = [seedOf("voter of several accounts"), Buffer.alloc(32), Buffer.alloc(32, 255)];
/** Each differs from the first in one part; the last ones are the bounds. */
const places = [
    [31337n, account("registry"), account("account")],
    [31337n, account("registry"), account("another account")],
    [31337n, account("another registry"), account("account")],
    [1n, account("registry"), account("account")],
    [31337n, account("account"), account("registry")],
    [0n, 0n, 0n],
    [(1n << 64n) - 1n, (1n << 160n) - 1n, (1n << 160n) - 1n],
];
write("identities", ["@noble/hashes", "@zk-kit/baby-jubjub", "poseidon-lite"], {
    identities: seeds.flatMap((seed) => places.map(([chain, registry, member]) => {
        const { seed: accountSeed, ask, nk, ak, id } = identityOf(accountSeedOf(seed, chain, registry, member));
        return {
            seed: hex(number(seed)), chain_id: chain.toString(), registry: address(registry), account: address(member),
            account_seed: hex(number(accountSeed)), ask: hex(ask), nk: hex(nk), ak: xy(ak), id: hex(id),
        };
    })),
});
