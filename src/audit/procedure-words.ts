/** What each procedure does, by the name of its check; `$` is what follows the colon in it. */
export const WHAT: Readonly<Record<string, string>> = {
  manifest: 'Read the manifest by its schema',
  files: 'Compare the files that are there with those that the manifest lists',
  key: 'Compare the key of $ with its pin and its circuit, and look for a key that anybody can forge with',
  'key-kind': 'Ask how the pinned keys were made',
  provenance: 'Ask who could forge with the keys, and whether the reader accepts it',
  signature: 'Compare the signer of the manifest with the one that is expected',
  'risk-table': 'Recompute SHA-256 and root of the risk table',
  marks: 'Compare the time of the marks with the clock',
  batch: 'Verify the proof of batch $ of the ledger',
  batches: 'Verify the proof of every batch of the ledger under its pinned key',
  chain: 'Follow the states from proof to proof, from the first to the last',
  policy: 'Recompute the digest of the policy, and compare it with the weakest that is accepted',
  solvency: 'Verify the proof of solvency, and recompute all ten of its public signals',
  evidence: 'Check who controls the addresses and what they hold, and add up what they show',
  backing: 'Verify the proof that addresses show at least what is committed',
  liquidations: 'Look for proofs of liquidations, each named after its nullifier',
  liquidation:
    'Verify each proof of a liquidation under its pinned key, against accounts, risk table and policy of the epoch',
  settlement: 'Look for a settlement, which shows how the epoch follows from the one before',
  'settlement-epochs': 'Ask whether the settlement is between this epoch and the one that its manifest names',
  'settlement-tables': 'Compare number, symbol, decimals and kind of each instrument in both risk tables',
  'settlement-files': 'Compare the files of the settlement with those that settlement.json lists',
  'settlement-key':
    'Compare the key of $ with its pin and its circuit, and look for a key that anybody can forge with',
  chunk: 'Verify the proof of chunk $ of the settlement',
  chunks: 'Verify the proof of every chunk of the settlement under its pinned key',
  'settlement-chain': 'Follow the states from chunk to chunk, from the first to the last',
  'settlement-liquidations':
    'Recompute the tree of liquidations from the proofs of the previous epoch, each verified',
  'settlement-indices':
    'Compare the indices of both risk tables, and verify that they pay no more interest than they charge',
  'settlement-proof': 'Verify the closing proof of the settlement, and recompute its public signals',
  'settlement-external':
    'Recompute what the settlement commits to from the disclosed deposits, withdrawals and fees',
  scenario: 'Ask what the proofs show of the scenario $',
  instruments: 'Look for instruments, scenarios and thresholds that stand out',
  'second-prices': 'Compare each mark with a second source of prices',
  'open-totals': 'Recompute what the proofs commit to from the disclosed totals',
  'open-reserves': 'Recompute the reserves commitment from the disclosed reserves',
  'open-key': 'Compare the key of a proof in the disclosure with its pin and its circuit',
  'open-chosen': 'Verify the proof of what is shown of chosen instruments, and recompute its public signals',
  'open-epoch': 'Compare the disclosure with the epoch that it says it is of',
  'open-policy': 'Recompute each ratio from the disclosed amounts, and compare it with the policy',
  'open-backing': 'Compare the disclosed reserves and layers with what addresses show, by instrument',
  'previous-venue': 'Compare the venue with that of the previous epoch',
  'previous-link': 'Compare the digest that the manifest names with that of the previous manifest',
  'previous-later': 'Compare the times of the marks of both epochs',
  'previous-fresh': 'Look for commitments, states and proofs of the previous epoch that are used again',
  'previous-scope': 'Compare what is shown, proven and promised with the previous epoch',
  'previous-open': 'Compare what was disclosed of the previous epoch with what it commits to',
  'previous-valid': 'Verify the previous epoch under the same pins',
  history: 'Walk the published manifests back by their digests to the first',
  'history-epoch': 'Verify the epoch $ of the history',
  'history-copy':
    'Verify the copy $ for another target, and compare it with the epoch of its name byte by byte',
  compare: 'Compare two copies of the epoch byte by byte, and verify one for another target as well',
}

const TWO_COPIES =
  'diff -r; a copy for another target differs in manifest.json by target alone, and in the proofs and the signature made for it'

/** How to repeat a procedure without this program, in the epoch's folder. */
export const BY_HAND: Readonly<Record<string, string>> = {
  manifest: 'sha256sum manifest.json; the fields are those of docs/epoch-format.md',
  files: 'find . -type f | sort, against the list in docs/epoch-format.md',
  key: `jq -cj '{alpha,beta,gamma,delta,ic}' "keys/$.json" | sha256sum: the result is the pinned keyHash`,
  provenance:
    'plimsoll ceremony verify FOLDER --ptau FILE, for each ceremony that a pin names; a development key has none',
  'risk-table':
    'sha256sum risk.json is riskTable of the manifest; docs/epoch-format.md has the root, hash by hash',
  batch:
    'plimsoll verify ledger/…/$.json --pins F; or any Groth16 verifier over BN254, as docs/epoch-format.md says',
  batches: 'any Groth16 verifier over BN254, with the points as docs/epoch-format.md orders them',
  chain:
    "jq -r '.signals | .stateBefore, .stateAfter' ledger/*/*.json: each state but the first and the last stands twice in a row",
  policy: 'sha256sum policy.json is for.policy of solvency.json; docs/epoch-format.md has the digest',
  solvency: 'any Groth16 verifier over BN254; docs/epoch-format.md says how each signal is recomputed',
  evidence: 'plimsoll reserves check EPOCH/reserves; docs/reserves.md says how each file is checked',
  backing: 'any Groth16 verifier over BN254; docs/epoch-format.md says how each signal is recomputed',
  liquidation: 'plimsoll liquidation verify FILE --epoch EPOCH; or any Groth16 verifier over BN254',
  'settlement-epochs':
    'sha256sum of the previous manifest.json is previous of this one, and previous.manifest',
  chunks: 'any Groth16 verifier over BN254, with the points as docs/epoch-format.md orders them',
  'settlement-chain':
    "jq -r '.signals | .stateBefore, .stateAfter' settlement/weigh/*/*.json: each state but the first and the last stands twice in a row",
  'settlement-liquidations':
    'docs/epoch-format.md: the movements of the proofs in the order of settlement.json, to the root of liquidations',
  'settlement-proof':
    'any Groth16 verifier over BN254; docs/epoch-format.md says how each signal is recomputed',
  'settlement-external': 'docs/epoch-format.md: the sponge of the flows, against external of settlement.json',
  'second-prices': 'compare instruments[].mark of risk.json with prices of the table’s time',
  'open-totals':
    'docs/epoch-format.md: totals to first, first to second, second to firstState of the manifest',
  'open-reserves':
    'docs/epoch-format.md: the sponge of the reserves, against reservesCommitment of the manifest',
  'open-chosen': 'any Groth16 verifier over BN254; docs/epoch-format.md says how each signal is recomputed',
  'open-backing':
    'plimsoll reserves check EPOCH/reserves; its amounts of the classes that count, against those of the disclosure',
  'previous-link': 'sha256sum of the previous manifest.json is previous of this one',
  'previous-fresh': 'no line of jq -r .signals,.proof of one epoch stands in the other',
  history:
    'sha256sum */manifest.json: but for copies for other targets, each digest but the last one’s stands as previous in exactly one manifest',
  'history-copy': TWO_COPIES,
  compare: TWO_COPIES,
}
