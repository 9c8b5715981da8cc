import type { Allowed } from './findings.js'
import type { AllowedHint } from './hints.js'

const NEXT_TO_IT = 'constrained in the statements after it, as the check of hints shows'
const POLE =
  'the divisor is a challenge less a key, both fixed before it is drawn: zero with a chance below 2^-135. The quotient is free then, an error that circuits/README.md counts in the soundness of the sums'
const COMPARED =
  'a sum that a === after the loop compares with a constant: circomspect loses a variable whose last use is such a constraint'
const PERMUTATION =
  'constrained from the last round backwards, in step 2 of the template; test/circuits/poseidon.test.ts eliminates the compiled constraints to show that the inputs determine every wire'

/**
 * circomspect's warnings. Notes on every sum and every loop (CS0003, CS0004) are below its default level and
 * not asked for.
 */
export const CIRCOMSPECT: readonly Allowed[] = [
  { file: 'range.circom', code: 'CS0005', at: ['bit[i] <-- (in >> i) & 1;'], why: NEXT_TO_IT },
  {
    file: 'negative.circom',
    code: 'CS0005',
    at: ['bit[i] <-- ((in + (1 << BITS)) >> i) & 1;'],
    why: NEXT_TO_IT,
  },
  {
    file: 'margin-scan.circom',
    code: 'CS0005',
    at: ['bit[g][s][b] <-- (checked >> b) & 1;'],
    why: NEXT_TO_IT,
  },
  {
    file: 'nonzero.circom',
    code: 'CS0005',
    at: ['signal inverse <-- in == 0 ? 0 : 1 / in;'],
    why: NEXT_TO_IT,
  },
  {
    file: 'key-sum.circom',
    code: 'CS0005',
    at: ['entry[u][s] <-- magnitude / (challenge - pole);'],
    why: NEXT_TO_IT,
  },
  {
    file: 'key-sum.circom',
    code: 'CS0015',
    at: ['entry[u][s] <-- magnitude / (challenge - pole);'],
    why: POLE,
  },
  {
    file: 'key-totals.circom',
    code: 'CS0005',
    at: ['entry[k] <-- total / (challenge - pole);'],
    why: NEXT_TO_IT,
  },
  { file: 'key-totals.circom', code: 'CS0015', at: ['entry[k] <-- total / (challenge - pole);'], why: POLE },
  {
    file: 'flow-sum.circom',
    code: 'CS0005',
    at: ['entry[i][e] <-- amount[e] / (challenge - pole[e]);'],
    why: NEXT_TO_IT,
  },
  {
    file: 'flow-sum.circom',
    code: 'CS0015',
    at: ['entry[i][e] <-- amount[e] / (challenge - pole[e]);'],
    why: POLE,
  },
  {
    file: 'tier-owners.circom',
    code: 'CS0005',
    at: ['part[t] <-- totals[t] / (challenge - owners[t]);', 'whole[i] <-- pledged[i] / (challenge - i);'],
    why: NEXT_TO_IT,
  },
  {
    file: 'tier-owners.circom',
    code: 'CS0015',
    at: ['part[t] <-- totals[t] / (challenge - owners[t]);', 'whole[i] <-- pledged[i] / (challenge - i);'],
    why: POLE,
  },
  {
    file: 'tier-owners.circom',
    code: 'CS0008',
    at: ['var difference = 0;', 'difference += part[t];', 'difference -= whole[i];'],
    why: COMPARED,
  },
  {
    file: 'lines-by-key.circom',
    code: 'CS0005',
    at: [
      'entry[e] <-- values[e] / (challenge - entryKeys[e]);',
      'line[l] <-- totals[l] / (challenge - keys[l]);',
    ],
    why: NEXT_TO_IT,
  },
  {
    file: 'lines-by-key.circom',
    code: 'CS0015',
    at: [
      'entry[e] <-- values[e] / (challenge - entryKeys[e]);',
      'line[l] <-- totals[l] / (challenge - keys[l]);',
    ],
    why: POLE,
  },
  {
    file: 'lines-by-key.circom',
    code: 'CS0008',
    at: ['var sum = 0;', 'sum += entry[e];', 'sum -= line[l];'],
    why: COMPARED,
  },
  {
    file: 'weighed-place.circom',
    code: 'CS0005',
    at: [
      'signal inverse <-- 1 / (idPoint - accountId);',
      'entry[s] <-- signed[s] / (instrumentPoint - instrument);',
      'flow[s] <-- (signed[s] + 2 * turned[s]) / (flowPoint - pole);',
    ],
    why: NEXT_TO_IT,
  },
  {
    file: 'weighed-place.circom',
    code: 'CS0015',
    at: ['signal inverse <-- 1 / (idPoint - accountId);'],
    why: 'the constraint after it has no solution where the divisor is zero',
  },
  {
    file: 'weighed-place.circom',
    code: 'CS0015',
    at: [
      'entry[s] <-- signed[s] / (instrumentPoint - instrument);',
      'flow[s] <-- (signed[s] + 2 * turned[s]) / (flowPoint - pole);',
    ],
    why: POLE,
  },
  { file: 'any-leaf.circom', code: 'CS0008', at: ['var shapes = 0;', 'shapes += shape[k];'], why: COMPARED },
  { file: 'margin-row.circom', code: 'CS0008', at: ['var count = 0;', 'count += links[b];'], why: COMPARED },
  {
    file: 'margin-charges.circom',
    code: 'CS0008',
    at: ['var destinations = 0;', 'destinations += into[l][k];'],
    why: COMPARED,
  },
  {
    file: 'deficit-movement.circom',
    code: 'CS0008',
    at: ['var cashSlots = 0;', 'cashSlots += cashAt[i];'],
    why: COMPARED,
  },
  {
    file: 'deficit-scan.circom',
    code: 'CS0008',
    at: [
      ...['var count = 0;', 'count += slotScenario[i][s];'],
      ...['var netCount = 0;', 'netCount += netScenario[s];'],
    ],
    why: COMPARED,
  },
  {
    file: 'deficit-lines.circom',
    code: 'CS0008',
    at: ['var destinations = 0;', 'destinations += into[l][k];'],
    why: COMPARED,
  },
  {
    file: 'deficit-required.circom',
    code: 'CS0008',
    at: ['var picks = worstPick[0];', 'picks += worstPick[1 + k];'],
    why: COMPARED,
  },
  {
    file: 'margin-requirement.circom',
    code: 'CS0008',
    at: ['var chosen = 0;', 'chosen += which[k];'],
    why: COMPARED,
  },
  {
    file: 'backing.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'weigh.circom',
    code: 'CS0018',
    at: ['component settled = SettlementTranscript();'],
    why: 'no public signal has it here: the transcript absorbs it inside the template',
  },
  {
    file: 'weigh.circom',
    code: 'CS0008',
    at: ['var trees = 0;', 'trees += tree[i];', 'var laterTrees = 0;', 'laterTrees += later[i];'],
    why: COMPARED,
  },
  {
    file: 'disclosure.circom',
    code: 'CS0018',
    at: ['component transcripts = Transcripts();'],
    why: 'no challenge is drawn here: the state binds the second transcript, which binds the first inside the template',
  },
  {
    file: 'disclosure.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'liquidation.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'margin.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'settlement.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'solvency.circom',
    code: 'CS0017',
    at: ['signal contextSquared <== context * context;'],
    why: 'the context takes part in no rule; the one constraint keeps it in the system of every prover',
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'CS0005',
    at: [
      'partial[r] <-- mixed[0];',
      'full[round][i] <-- mixed[i];',
      'out <-- tail + M[0][0] * fourth[7][0] * full[6][0];',
    ],
    why: PERMUTATION,
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'CS0012',
    at: ['template PoseidonPermutation(TAG, N, PARTIAL, C, S, M, P, M_INVERSE, P_INVERSE, S_INVERSE) {'],
    why: 'the tables of constants; circom has no other way to hand them to a template, which Poseidon alone calls',
  },
]

/** The warnings of `circom --inspect`. */
export const INSPECT: readonly Allowed[] = [
  {
    file: 'deficit-charges.circom',
    code: 'CA01',
    at: ['DeficitCharges: newChoice', 'DeficitCharges: newExposure'],
    why: 'of the first line alone: it begins a choice and an exposure whatever is said, and DeficitLines says it is 1',
  },
  {
    file: 'deficit-charges.circom',
    code: 'CA01',
    at: ['DeficitCharges: into'],
    why: 'where a line goes to a limit, which adds to nothing; DeficitLines takes all places and has one of them',
  },
  {
    file: 'weigh.circom',
    code: 'CA02',
    at: ['Weigh: settled.activity'],
    why: 'no public signal has it here: the transcript absorbs it inside the template',
  },
  {
    file: 'disclosure.circom',
    code: 'CA02',
    at: ['Disclosure: transcripts.first'],
    why: 'no challenge is drawn here: the state binds the second transcript, which binds the first inside the template',
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'CA01',
    at: ['PoseidonPermutation: square', 'PoseidonPermutation: fourth'],
    why: 'in round 0 the capacity and the tag are constants, so their S-boxes have no wires: these elements of the arrays are never assigned and are in no witness',
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'T3002',
    at: ['full[round][i] <-- mixed[i];'],
    why: 'quadratic only where a permutation is so small that the rounds before are linear in its wires; constrained in step 2 as everywhere else',
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'T3002',
    at: ['out <-- tail + M[0][0] * fourth[7][0] * full[6][0];'],
    why: 'the === below is the same constraint divided by a constant, so that both factors are wires with coefficient one',
  },
]

/** The findings of `forge lint`, including notes on style and gas. */
export const FORGE: readonly Allowed[] = [
  {
    file: 'BackingRegister.sol',
    code: 'asm-keccak256',
    at: ['bytes32 venue = keccak256(bytes(claim.venue));', 'bytes32 claim = keccak256(abi.encode(signals));'],
    why: 'once in a call, beside a pairing check',
  },
  {
    file: 'BackingRegister.sol',
    code: 'screaming-snake-case-immutable',
    at: ['ISolvencyRegistry public immutable registry;'],
    why: 'its name is that of its getter, a function of the interface',
  },
  {
    file: 'CircuitBreaker.sol',
    code: 'asm-keccak256',
    at: ['bytes32 evidence = keccak256(abi.encode(Cause.Deviation, riskRoot));'],
    why: 'once in a call, over two words',
  },
  {
    file: 'CircuitBreaker.sol',
    code: 'block-timestamp',
    at: [
      'if (block.timestamp < from) revert HaltTooSoon(scope, from);',
      'bool again = outlet.emptiedAt != 0 && block.timestamp - outlet.emptiedAt <= OUTFLOW_COUNTS;',
      'if (held == last.floor || last.since > block.timestamp) {',
    ],
    why: 'times of minutes to days, which a validator can shift by seconds; no randomness hangs on them',
  },
  {
    file: 'CircuitBreaker.sol',
    code: 'screaming-snake-case-immutable',
    at: [
      'ISolvencyRegistry public immutable registry;',
      'uint32 public immutable coolDown;',
      'uint32 public immutable maxHalt;',
    ],
    why: 'their names are those of their getters, functions of the interface',
  },
  {
    file: 'InsuranceFund.sol',
    code: 'block-timestamp',
    at: ['if (request.to == address(0) || block.timestamp < readyAt || block.timestamp > readyAt + READY) {'],
    why: 'times of hours to days, which a validator can shift by seconds; no randomness hangs on them',
  },
  {
    file: 'InsuranceFund.sol',
    code: 'screaming-snake-case-immutable',
    at: ['ISolvencyRegistry public immutable registry;', 'uint32 public immutable delay;'],
    why: 'their names are those of their getters, functions of the interface',
  },
  {
    file: 'LiquidationGate.sol',
    code: 'block-timestamp',
    at: ['if (claim.accountsRoot != accountsRoot || claim.riskRoot != riskRoot || block.timestamp > end) {'],
    why: 'an epoch counts for hours or days; a validator moves a block by seconds',
  },
  {
    file: 'LiquidationGate.sol',
    code: 'named-struct-fields',
    at: ['Liquidation(claim.movement, terms, verifier, epoch, uint48(block.timestamp));'],
    why: 'five fields named like their values, in the order of the interface',
  },
  {
    file: 'LiquidationGate.sol',
    code: 'screaming-snake-case-immutable',
    at: ['IEpochSource public immutable source;', 'bytes32 public immutable venue;'],
    why: 'their names are those of their getters, functions of the interface',
  },
  {
    file: 'MarginGate.sol',
    code: 'block-timestamp',
    at: [
      'if (block.timestamp > claim.expiry) revert ProofExpired(claim.expiry);',
      '|| block.timestamp > current.end',
      'if (lender == address(0) || block.timestamp > until || block.timestamp > current.end) {',
      'return block.timestamp <= marginOf(handle, requirementId);',
      'if (block.timestamp > until) return (address(0), 0);',
      'if (block.timestamp > end) revert MarginEnded(handle, requirementId, end);',
    ],
    why: 'ends of minutes to days, which a validator can shift by seconds; no randomness and no price hangs on them',
  },
  {
    file: 'MarginGate.sol',
    code: 'named-struct-fields',
    at: [
      'Record memory record = Record(verifier, uint48(claim.expiry), current.number);',
      '_submitters[claim.handle] = Submitter(msg.sender, current.number);',
      '_pledges[handle] = Pledge(lender, uint48(until), current.number);',
    ],
    why: 'two and three fields of different types, named like their values',
  },
  {
    file: 'MarginGate.sol',
    code: 'screaming-snake-case-immutable',
    at: [
      'bytes32 public immutable label;',
      'IEpochSource public immutable source;',
      'bytes32 public immutable venue;',
    ],
    why: 'their names are those of their getters, functions of the interface',
  },
  {
    file: 'MarginGate.sol',
    code: 'unsafe-typecast',
    at: ['_pledges[handle] = Pledge(lender, uint48(until), current.number);'],
    why: 'the time is at most that of the year 9999, which is checked above and has 38 bits',
  },
  {
    file: 'RiskRegister.sol',
    code: 'block-timestamp',
    at: [
      'if (takenAt > block.timestamp || block.timestamp - takenAt > windows.maxLag) {',
      'bool usable = block.timestamp >= table.activeFrom && block.timestamp <= table.until;',
      '!answers || answer != 0 || startedAt == 0 || startedAt > block.timestamp',
      '|| block.timestamp - startedAt <= GRACE',
      '|| updatedAt > block.timestamp || block.timestamp - updatedAt > source.maxAge',
    ],
    why: 'windows of minutes to years, which a validator can shift by seconds; no randomness hangs on them',
  },
  {
    file: 'RiskRegister.sol',
    code: 'screaming-snake-case-immutable',
    at: ['IPriceFeed public immutable sequencer;', 'uint8 public immutable valueDecimals;'],
    why: 'their names are those of their getters, functions of the interface',
  },
  {
    file: 'RiskRegister.sol',
    code: 'unsafe-typecast',
    at: [
      'exponent: int8(exponent),',
      'emit InstrumentSet(instrument, int8(exponent), sources, bounds);',
      '_rings[instrument].push(uint128(price), _instruments[instrument].maxGap);',
      '_feeds[instrument][i] = Feed({feed: feed, maxAge: sources[i].maxAge, decimals: uint8(decimals)});',
      'price = uint256(answer) * 10 ** (PRICE_DECIMALS - decimals);',
      'if (exponent < 0) price *= 10 ** uint256(-exponent);',
      'else mark *= 10 ** uint256(exponent);',
    ],
    why: 'checked before: an exponent lies in -18 to 36, decimals in 0 to 18, a price below 2^128, an answer above 0',
  },
  {
    file: 'libraries/PriceRing.sol',
    code: 'block-timestamp',
    at: ['if (block.timestamp - last.time > maxGap) revert NotCovered(window);'],
    why: 'gaps of minutes, which a validator can shift by seconds',
  },
  {
    file: 'libraries/PriceRing.sol',
    code: 'unsafe-typecast',
    at: ['ring.next = uint8((next + 1) % SLOTS);'],
    why: 'a remainder of 64',
  },
  {
    file: 'SolvencyRegistry.sol',
    code: 'block-timestamp',
    at: [
      'if (from > until || until < block.timestamp || until > LATEST) {',
      'if (block.timestamp > opening.deadline) revert SignatureExpired(opening.deadline);',
      'state = block.timestamp > until ? Status.Stale : Status.Solvent;',
      '|| block.timestamp < known.from || block.timestamp > known.until',
      'takenAt > block.timestamp || block.timestamp - takenAt > record.maxLag',
    ],
    why: 'windows of minutes to years, which a validator can shift by seconds; no randomness and no price hangs on them',
  },
  {
    file: 'SolvencyRegistry.sol',
    code: 'asm-keccak256',
    at: ['bytes32 id = keccak256(bytes(name));', 'bytes32 venue = keccak256(bytes(claim.venue));'],
    why: 'once in a call, over at most 64 bytes',
  },
  {
    file: 'SolvencyGuarded.sol',
    code: 'unwrapped-modifier-logic',
    at: ['modifier atMost(bytes32 scope, uint8 most) {', 'modifier onlySolvent(bytes32 venue) {'],
    why: 'a call and a comparison; a function around them would be longer than what it saves',
  },
  {
    file: 'TwoStepOwner.sol',
    code: 'unwrapped-modifier-logic',
    at: ['modifier onlyOwner() {'],
    why: 'one comparison; a function around it would be longer than what it saves',
  },
  {
    file: 'Squares3Verifier.sol',
    code: 'screaming-snake-case-const',
    at: [
      'bytes32 public constant keyHash = 0x…;',
      'bytes32 public constant circuitHash = 0x…;',
      'string public constant keyKind = "development";',
      'uint256 public constant signalCount = 3;',
    ],
    why: 'their names are those of their getters, functions of the interface',
  },
]

/** Assignments by `<--` whose constraint or reason is not next to them. */
export const HINTS: readonly AllowedHint[] = [
  {
    file: 'poseidon-permutation.circom',
    code: 'constraint',
    at: ['partial[r] <-- mixed[0]'],
    constrainedBy: ['partialFourth[r] * partial[r] === first - C[(HALF + 1) * T + r]'],
    why: PERMUTATION,
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'constraint',
    at: ['full[round][i] <-- mixed[i]'],
    constrainedBy: [
      'fourth[round][i] * full[round - 1][i] === fifth - C[(round + 1) * T + PARTIAL + i]',
      'fourth[round][i] * full[round - 1][i] === fifth',
    ],
    why: PERMUTATION,
  },
  {
    file: 'poseidon-permutation.circom',
    code: 'reason',
    at: ['out <-- tail + M[0][0] * fourth[7][0] * full[6][0]'],
    constrainedBy: ['fourth[7][0] * full[6][0] === (out - tail) * (1 / M[0][0])'],
    why: 'step 2.1 of the template, whose heading is above its loop',
  },
  {
    file: 'weighed-place.circom',
    code: 'reason',
    at: ['entry[s] <-- signed[s] / (instrumentPoint - instrument)'],
    constrainedBy: ['entry[s] * (instrumentPoint - instrument) === signed[s]'],
    why: POLE,
  },
  {
    file: 'weighed-place.circom',
    code: 'reason',
    at: ['flow[s] <-- (signed[s] + 2 * turned[s]) / (flowPoint - pole)'],
    constrainedBy: ['flow[s] * (flowPoint - pole) === signed[s] + 2 * turned[s]'],
    why: POLE,
  },
]
