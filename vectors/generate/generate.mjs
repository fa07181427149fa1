// Writes ../*.json: facts that other implementations agree on, and the specification's constructions rebuilt on them.
//
//     npm ci && node generate.mjs
//
// Nothing here is random: inputs come from keccak256 of a label, so a second run writes the same bytes.

import "./foundations.mjs";
import "./fingerprint.mjs";
import "./specification.mjs";
import "./identities.mjs";
import "./keystore.mjs";
import "./committee.mjs";
import "./rewards.mjs";
import "./decision.mjs";
import "./rounding.mjs";
import "./sheets.mjs";
import "./charter.mjs";
