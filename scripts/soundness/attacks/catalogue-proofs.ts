import { type Attack, at } from './attack.js'

const SOLVENCY = 'test/circuits/solvency.test.ts'
const AGREEMENT = 'test/src/models/agreement.test.ts'
const WORTH = 'test/src/models/worth.test.ts'
const MARGIN = 'test/circuits/margin.test.ts'
const PROOFS = 'test/attacks/proofs.test.ts'
const REGISTRY = 'test/attacks/registry.test.ts'
const ATTACKED_ARTIFACTS = 'test/attacks/artifacts.test.ts'
const ARTIFACTS = 'test/src/proving/artifacts.test.ts'
const VERIFY = 'test/src/groth16/verify.test.ts'
const ON_CHAIN = 'test/src/chain/verify-on-chain.test.ts'
const CEREMONY = 'test/src/proving/ceremony/ceremony.test.ts'
const POWERS = 'test/src/proving/ceremony/powers.test.ts'
const BINDING = 'test/src/proving/ceremony/binding.test.ts'
const FROZEN = 'test/src/proving/frozen.test.ts'
const EPOCH = 'test/e2e/epoch.test.ts'
const OWN = 'test/e2e/own-instances.test.ts'
const STRESS = 'test/e2e/stress.test.ts'
const VERIFIER_SOL = 'test/contracts/Groth16Verifier.t.sol'
const BATCH_SOL = 'test/contracts/Groth16Batch.t.sol'
const GATE_SOL = 'test/contracts/MarginGate.t.sol'

/** Attacks with proofs, keys and public signals on whoever verifies. */
export const PROOF_ATTACKS: readonly Attack[] = [
  {
    id: 'V01',
    attack: 'a proof made of nothing but the points of a key that nobody contributed to',
    expected:
      'accepted by a verifier that does not look at its key; such a key is refused wherever one is read, used or exported',
    where: [
      at(PROOFS, 'V01: a proof made of nothing but the points of its key'),
      at(
        EPOCH,
        'V01: an epoch of development keys that calls itself a ceremony: pins alone say what a key is',
      ),
      at(
        CEREMONY,
        'V01: nobody contributed; the control is that snarkjs takes the key, and a forged proof under it',
      ),
    ],
  },
  {
    id: 'V02',
    attack: 'a key whose only contribution is a public beacon',
    expected: 'refused',
    where: [at(CEREMONY, 'V02: a beacon alone is no contribution, also when somebody attests to it')],
  },
  {
    id: 'V03',
    attack: 'a key edited so that delta is gamma, or the generator',
    expected: 'refused',
    where: [
      at(VERIFY, 'V03: a key under which anyone can forge is refused'),
      at(EPOCH, 'V03: a key edited so that delta is gamma, manifest and pin edited with it, exit 3'),
      at(
        'test/src/chain/verifier-source.test.ts',
        'V03: a key under which proofs can be forged makes no verifier',
      ),
      at(CEREMONY, 'V03: a δ that no contribution leads to, with K and H to match'),
    ],
  },
  {
    id: 'V04',
    attack: 'a key of another circuit or set-up, or one byte of it changed or missing',
    expected: 'refused before it is used',
    where: [
      at(ARTIFACTS, 'V04, F05: an altered file is refused before it is used'),
      at(PROOFS, 'V04: the proving key of another circuit, or of another set-up, in its place'),
      at(CEREMONY, 'V04: a byte of any section of the initial key or of a turn'),
    ],
  },
  {
    id: 'V05',
    attack:
      'each public signal one higher, plus or minus the order, negated, zero, or swapped with its neighbour',
    expected: 'rejected, alike in TypeScript and Solidity',
    where: [
      at(VERIFY, 'V05: public signals cannot be changed'),
      at(EPOCH, 'V05: each public signal of each proof one higher'),
      at(VERIFIER_SOL, 'test_V05_rejectsEachSignalAlteredAliasedZeroedOrSwapped'),
      at(
        PROOFS,
        'V05, V09, V11: every verifier gives one verdict on every valid, malleated and mutated proof of $instance',
      ),
      at(REGISTRY, 'V05, V09, V11: one verdict on 200 valid, malleated and mutated proofs'),
    ],
  },
  {
    id: 'V06',
    attack: 'too few signals, trailing zeros dropped, too many, or of another kind',
    expected: 'never accepted',
    where: [
      at(VERIFY, 'V06: signals of another number or kind never verify'),
      at(EPOCH, 'V06: signals that are too few, too many, or not canonical'),
      at(ON_CHAIN, 'V06: a wrong number of signals is refused, not judged'),
      at(VERIFIER_SOL, 'test_V06_trailingZeroSignalsCannotBeDropped'),
      at(REGISTRY, 'V06: a state too many or too few, or no proof at all, is no call'),
    ],
  },
  {
    id: 'V07',
    attack: 'a proof rewritten by whoever sees it: scaled, negated, shifted',
    expected: 'verifies, and gains nothing',
    where: [
      at(VERIFIER_SOL, 'test_V07_acceptsMalleatedProofsOfTheSameSignals'),
      at(GATE_SOL, 'test_V07_aMalleatedProofIsNoSecondSubmission'),
      at(PROOFS, 'V07: a rewritten proof verifies for the same signals and for no others'),
      at(REGISTRY, 'V07: a proof that was rewritten takes the run no further than the proof did'),
    ],
  },
  {
    id: 'V08',
    attack: 'a proof of one circuit under the key of another; a proof of another proof system',
    expected: 'rejected; an input error',
    where: [
      at(EPOCH, 'V08: a proof of one instance in the place of another'),
      at(VERIFIER_SOL, 'test_V08_rejectsAProofOfAnotherCircuit'),
      at(PROOFS, 'V08: a proof under the key of every other circuit'),
      at(PROOFS, 'V08: a proof of another proof system, or in another format, is no proof: %s'),
      at(REGISTRY, 'V08: a proof of one statement or key is none of another'),
    ],
  },
  {
    id: 'V09',
    attack:
      'points off the curve, outside the subgroup or at infinity; coordinates beyond the field, missing, or enormous',
    expected: 'rejected, and nothing crashes',
    where: [
      at(VERIFY, 'V09: points that are none of the group never verify and never crash'),
      at(VERIFIER_SOL, 'test_V09_rejectsPointsOffTheCurveOutsideTheGroupAliasedOrAtInfinity'),
      at(
        PROOFS,
        'V05, V09, V11: every verifier gives one verdict on every valid, malleated and mutated proof of $instance',
      ),
      at(REGISTRY, 'V05, V09, V11: one verdict on 200 valid, malleated and mutated proofs'),
    ],
  },
  {
    id: 'V10',
    attack: 'a proof of one epoch, venue or reader shown to another',
    expected: 'rejected',
    where: [
      at(SOLVENCY, 'V10: a context is part of the statement, and no other fits the witness'),
      at(MARGIN, 'V10, N10: a context is part of the statement, and no other fits the witness'),
      at(EPOCH, 'V10: the venue, the epoch or the target renamed'),
    ],
  },
  {
    id: 'V11',
    attack: 'a proof on which TypeScript, the contract and its batch check disagree',
    expected: 'none among 200 valid and mutated ones',
    where: [
      at(ON_CHAIN, 'V11: this package and the contract give one verdict'),
      at(
        PROOFS,
        'V05, V09, V11: every verifier gives one verdict on every valid, malleated and mutated proof of $instance',
      ),
      at(REGISTRY, 'V05, V09, V11: one verdict on 200 valid, malleated and mutated proofs'),
    ],
  },
  {
    id: 'V12',
    attack: 'one bad proof in a batch, at any position, or two whose errors cancel',
    expected: 'rejected; forged where the coefficients are known beforehand',
    where: [
      at(BATCH_SOL, 'test_V12_rejectsOneInvalidProofAtAnyPosition'),
      at(BATCH_SOL, 'test_V12_rejectsErrorsThatCancelWithoutCoefficientsAtAnyTwoPositions'),
      at(
        'test/src/chain/forgeries.test.ts',
        'V12: a batch whose coefficients an attacker could know beforehand would be forged; this one is not',
      ),
      at(REGISTRY, 'V12: one bad proof in a call, at any position, and two whose errors cancel'),
    ],
  },
  {
    id: 'V13',
    attack: 'two proofs of one witness compared, to learn that it is one',
    expected: 'they differ in every point, and both verify',
    where: [
      at(VERIFY, 'V13: is another each time for one witness, and both verify'),
      at(PROOFS, 'V13: two proofs of one ledger witness differ in every point, with %s'),
    ],
  },
  {
    id: 'V14',
    attack: 'a verifier contract that does not compare signals with the order, or has another key in it',
    expected: 'the snapshot of its template fails; without the comparison an aliased signal is accepted',
    where: [
      at(PROOFS, 'V14: the template of a verifier is the agreed one, and its constants are the key'),
      at(PROOFS, 'V14: a verifier that does not compare signals with the order takes an aliased one'),
    ],
  },
  {
    id: 'V15',
    attack:
      'a proving key whose blinding points are at infinity, so that its maker reads the witness behind its proofs',
    expected: 'refused when it is loaded; past that check its proofs tell nothing either',
    where: [
      at(ATTACKED_ARTIFACTS, 'V15: is refused when it is loaded, in a folder whose manifest speaks of it'),
      at(
        ATTACKED_ARTIFACTS,
        'V15: past that check, the proofs of %s are still uniform: a witness never has the same points',
      ),
    ],
  },
  {
    id: 'V16',
    attack: 'a circuit that says private numbers as its public signals, in a folder of artifacts',
    expected: 'no proof is kept, and no message has them',
    where: [
      at(
        ATTACKED_ARTIFACTS,
        'V16: nothing of it is kept, with %s: its signals are not those of the model, and no message has them',
      ),
    ],
  },
  {
    id: 'V17',
    attack: 'the state of the generator that blinds proofs comes again, as in a copied machine',
    expected: 'no two proofs are alike',
    where: [
      at(
        ATTACKED_ARTIFACTS,
        'V17: two proofs of %s in one process differ though the generator was wound back between them',
      ),
    ],
  },
  {
    id: 'V18',
    attack:
      'a copy of an epoch whose margin rule asks for less, every hash in it made to fit; a margin proof beside it',
    expected:
      'refused: the SHA-256 of the risk table is in the context of the solvency proof, and of a margin proof for a reader',
    where: [
      at(
        EPOCH,
        'V18: a copy of an epoch whose requirement asks for nothing, with every hash of it made to fit, is refused by the proof',
      ),
      at(
        'test/e2e/margin.test.ts',
        'V18: a proof is not read under a table whose requirement asks less, nor when it says that it is about that table',
      ),
    ],
  },
  {
    id: 'V19',
    attack: 'one proof of solvency, under a policy of zeros, shown as if it were an epoch',
    expected: 'never called valid; what was not checked is listed',
    where: [
      at(EPOCH, 'V19: is never called VALID: what holds is one proof, and what was not checked is listed'),
    ],
  },
  {
    id: 'V20',
    attack: 'a sound key for another circuit, under the name of an instance',
    expected: 'refused: pins name the circuit, and it has to be that of this version',
    where: [at(EPOCH, 'V20: a key that is pinned for another circuit of the same name')],
  },
  {
    id: 'V21',
    attack: "a folder of artifacts from somebody else, with another circuit or another witness's code in it",
    expected: 'refused when it is loaded, whatever its manifest says',
    where: [
      at(
        ATTACKED_ARTIFACTS,
        'V21: is refused when it is loaded, in a folder whose manifest speaks of it, and so is the code of its witness alone',
      ),
    ],
  },
  {
    id: 'V22',
    attack: 'artifacts exchanged by another user of the machine, with their manifest',
    expected: 'a cache that others can write to is refused, with what to do',
    where: [at(ARTIFACTS, 'V22: what another user could write to is refused, with what to do')],
  },
  {
    id: 'V23',
    attack:
      "an epoch of a venue's own sizes under a name that says other ones, or under that of a shipped instance",
    expected:
      'exit code 3: a key counts for the name that it is pinned under, and what a leaf or a batch holds follows from that name',
    where: [
      at(
        OWN,
        'V23: is refused with exit 3 where a name is not pinned, or says other sizes than the pinned one, or sizes that there cannot be',
      ),
      at(OWN, 'V23: counts an account in a leaf of the slots that the name says, and of no others'),
    ],
  },
  {
    id: 'V24',
    attack: 'a circuit that changes behind the keys of a ceremony',
    expected:
      'the build breaks for every frozen instance, and the ceremony no longer verifies; a comment changes nothing',
    where: [
      at(CEREMONY, 'V24: an edited comment keeps a key valid, and an edited constraint does not'),
      at(
        FROZEN,
        'V24: a byte of any file that a frozen circuit includes, its sizes or its signals breaks the build, until it is counted again',
      ),
      at(FROZEN, 'V24: a constraint that changed breaks the build also when it was counted again'),
    ],
  },
  {
    id: 'V25',
    attack: 'a late contributor who replaces all contributions before theirs by their own',
    expected: 'refused, though the key is sound for snarkjs',
    where: [
      at(CEREMONY, 'V25: a late contributor who begins again; the control is that snarkjs takes the key'),
    ],
  },
  {
    id: 'V26',
    attack: 'a contribution with the factor one',
    expected: 'refused, though snarkjs takes it',
    where: [
      at(CEREMONY, 'V26: a contribution that leaves δ as it was; the control is that snarkjs takes it'),
    ],
  },
  {
    id: 'V27',
    attack: 'a beacon that was known when the ceremony was closed, of another round, or not the last record',
    expected: 'refused',
    where: [
      at(CEREMONY, 'V27: another round, a round that could be known, a closing of something else'),
      at(CEREMONY, 'V27: a contribution after the beacon'),
    ],
  },
  {
    id: 'V28',
    attack: 'a contribution or an attestation of another instance, person or ceremony',
    expected: 'refused',
    where: [
      at(CEREMONY, 'V28: a contribution copied from another instance, or from another ceremony'),
      at(
        BINDING,
        'V28: an attestation counts in one ceremony alone; the control is that its signature holds',
      ),
    ],
  },
  {
    id: 'V29',
    attack: 'a turn with a section of another turn, or K scaled by another factor than H',
    expected: 'refused, though snarkjs looks at the last turn alone',
    where: [at(CEREMONY, 'V29: K of another turn, or scaled by another factor than H')],
  },
  {
    id: 'V30',
    attack: 'a point of the twist with a component outside the group',
    expected: 'refused; one combination with chosen weights takes it',
    where: [
      at(
        POWERS,
        'V30: a point with a component of the order 10,069; the control is that one combination accepts it',
      ),
    ],
  },
  {
    id: 'V31',
    attack: 'powers of tau with one wrong power in a row, or other powers than were named',
    expected: 'refused',
    where: [
      at(POWERS, 'V31: one wrong power in the row of %s'),
      at(CEREMONY, 'V31: another circuit, and other powers of tau'),
    ],
  },
  {
    id: 'V32',
    attack:
      'a key with bytes behind its end, a section twice or longer, or another field or size in its header',
    expected: 'refused, where snarkjs takes bytes behind the end',
    where: [
      at(
        CEREMONY,
        'V32: bytes behind the end, which snarkjs takes as the control, and a section that is there twice',
      ),
      at(CEREMONY, 'V32: two coefficients swapped, and one more at the end'),
      at(CEREMONY, 'V32: a header with another %s, in the initial key and in every turn alike, is refused'),
    ],
  },
  {
    id: 'V33',
    attack: 'pins of kind ceremony without a ceremony, edited, or of another ceremony or instance',
    expected: 'refused wherever the transcript is there; otherwise nothing calls the key one of a ceremony',
    where: [
      at(
        CEREMONY,
        'V33: pins of a ceremony name it, and a pin that does not counts as one of a development key',
      ),
      at(
        BINDING,
        'V33: the transcript of another ceremony, and one that somebody made up, are refused with their manifest',
      ),
      at(BINDING, 'V33: of a frozen instance, no other ceremony’s key counts than the recorded one'),
      at(
        BINDING,
        'V33: pins that were edited, of another key, or of a transcript that says something else, make none',
      ),
      at(BINDING, 'V33: a file of pins that says two things of one ceremony is refused'),
      at(EPOCH, 'V33: keys of this machine with --production, and pins that contradict each other, exit 2'),
    ],
  },
  {
    id: 'V34',
    attack: 'a development key, or a manifest, in the place of a ceremony’s',
    expected: 'refused; no manifest makes a key one of a ceremony',
    where: [
      at(
        BINDING,
        'V34: a manifest that says something else of its ceremony is refused, also where only pins are read',
      ),
      at(BINDING, 'V34: a development key in the place of a ceremony’s, with a manifest that calls it one'),
      at(BINDING, 'V34: whatever the key says of itself, and its pins without the transcript'),
    ],
  },
  {
    id: 'V35',
    attack: 'a turn that is cut short, of ten billion zeros, or with a tail of them',
    expected: 'refused before it is read whole',
    where: [
      at(CEREMONY, 'V35: a turn of ten billion zeros is refused before it is read'),
      at(CEREMONY, 'V35: what is cut short is refused, and nothing is left of what fails'),
    ],
  },
  {
    id: 'V36',
    attack: 'a coordinator who drops a contribution or changes the order; two contributions to one head',
    expected: 'refused, and missed by those after it',
    where: [
      at(CEREMONY, 'V36: a contribution that the coordinator drops is missed by those after it'),
      at(
        CEREMONY,
        'V36: of two contributions to one head the first counts, and the second has to be made again',
      ),
    ],
  },
  {
    id: 'V37',
    attack: 'a proving key whose sections leak the witness, in the place of a ceremony’s',
    expected: 'refused by its hash in the transcript, in every process that proves',
    where: [
      at(
        CEREMONY,
        'V37: a proving key with sections of another, a development key in its place, a transcript that is edited',
      ),
      at(
        BINDING,
        'V37: a proving key with sections of another is refused by whatever proves: this process, and the worker of a queue',
      ),
    ],
  },
  {
    id: 'V38',
    attack: 'one person as several contributors, or a ceremony that asks for fewer afterwards',
    expected: 'refused where names read alike or a signer comes twice; who signs is for the reader to judge',
    where: [
      at(
        CEREMONY,
        'V38: fewer people than the ceremony asks for do not close it, nor make a key that counts',
      ),
      at(
        BINDING,
        'V38: one person under two names that read alike; the control is that both signatures hold',
      ),
    ],
  },
  {
    id: 'V39',
    attack: 'a deployed verifier with the constants of an unfinished set-up, whatever key it names',
    expected: 'its probe finds it, and no gate is told to trust it',
    where: [
      at(
        PROOFS,
        'V39: a deployed verifier with the constants of an unfinished set-up is refused by its probe, and no gate trusts it',
      ),
    ],
  },
  {
    id: 'N08',
    attack: 'a key that is shipped with the proof',
    expected: 'refused when it is not the pinned one',
    where: [at(EPOCH, 'N08: a key that is not pinned, or that is another one, exit 3')],
  },
  {
    id: 'N09',
    attack: 'a proof recorded before it is verified',
    expected: 'verified first, and again when found',
    where: [
      at(EPOCH, 'N09: a finished proof that was swapped for another is proven again, not kept'),
      at(GATE_SOL, 'test_S01_pointsThatProveNothingAreRefused'),
    ],
  },
  {
    id: 'N11',
    attack: 'an instance of fewer rules, chosen by the prover',
    expected: 'refused',
    where: [
      at(STRESS, 'N11: a table without scenarios takes no loan, whatever instances are named'),
      at(STRESS, 'N11: no scenario at all'),
    ],
  },
  {
    id: 'N16',
    attack: 'marks restated in another currency or at another scale',
    expected: 'refused',
    where: [at(EPOCH, 'N16: marks restated in another currency or at another scale')],
  },
  {
    id: 'N17',
    attack: 'solvency by a policy that demands nothing',
    expected: 'accepted by nobody who does not say so',
    where: [
      at(
        EPOCH,
        'N17: a policy of zeros is proven, but not called solvent, and nobody accepts it who does not say so',
      ),
    ],
  },
  {
    id: 'N18',
    attack: 'a margin proof shown for another requirement, multiple, table or purpose',
    expected: 'refused',
    where: [
      at(
        'test/e2e/margin.test.ts',
        'N18: another requirement, multiple, table, root or purpose than the one asked for is refused',
      ),
    ],
  },
  {
    id: 'N25',
    attack: 'a margin rule that counts an instrument or cash for more than the risk table beside it does',
    expected: 'not built, and refused where a file has it',
    where: [
      at(WORTH, 'N25: 5,000 of a stablecoin marked 0.87 count for 4,350, and a debt of them for as much'),
      at(WORTH, 'N25: %s is refused as cash, by name'),
      at(WORTH, 'N25: a perp that is spot in the table, or the other way round, is refused by name'),
      at(WORTH, 'N25: a price that is not the mark is refused with both numbers'),
      at(AGREEMENT, 'N25: %s: a rule in a file that has a unit one last place too high is refused'),
    ],
  },
  {
    id: 'N26',
    attack:
      'a debt that a margin rule forgets: borrowed collateral, owed cash, a health factor on one kind of debt alone',
    expected: 'charged, or met by nothing',
    where: [
      at(AGREEMENT, 'N26: %s: who owes what its source lets nobody owe meets nothing'),
      at(AGREEMENT, 'N26: %s: no debt of cash or in kind is met by what is worth as much and no more'),
      at(WORTH, "N26: a debt of cash pays the health factor too, of a rule's own cash and of the table's"),
      at(
        WORTH,
        'N26: cross lets nobody owe collateral, whatever backs it, unless the parameters say what that pays',
      ),
    ],
  },
]
