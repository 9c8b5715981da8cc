import { type Attack, at } from './attack.js'

const CONTRACTS = 'test/attacks/contracts.test.ts'
const FORGE = 'test/contracts/forge.test.ts'
const GATE_SOL = 'test/contracts/MarginGate.t.sol'
const OWNER_SOL = 'test/contracts/MarginGateOwner.t.sol'
const PLEDGE_SOL = 'test/contracts/MarginGatePledge.t.sol'
const GATE = 'test/src/chain/margin-gate.test.ts'
const TERM_SOL = 'test/contracts/MarginGateTerm.t.sol'
const GRIEFING_SOL = 'test/contracts/MarginGateGriefing.t.sol'
const INVARIANT_SOL = 'test/contracts/MarginGateInvariant.t.sol'

/** Attacks on the contracts. */
export const CONTRACT_ATTACKS: readonly Attack[] = [
  {
    id: 'S01',
    attack: 'an invalid proof; a verifier that answers false, is no contract, or is gone',
    expected: 'reverts, no state',
    where: [
      at(GATE_SOL, 'test_S01_pointsThatProveNothingAreRefused'),
      at(OWNER_SOL, 'test_S01_aVerifierGoneBadLeavesNoRecord'),
      at(OWNER_SOL, 'test_S01_whatIsNoVerifierOfMarginCannotBeTrusted'),
    ],
  },
  {
    id: 'S02',
    attack: 'a contract that inherits the generated verifier',
    expected: 'keeps its write with the common one; with ours the write is undone',
    where: [
      at(
        CONTRACTS,
        'S02: inheriting the common one keeps its write with an invalid proof: the attack works there',
      ),
      at(
        CONTRACTS,
        'S02: inheriting ours cannot call it but from outside, where false is an answer and the write is undone',
      ),
    ],
  },
  {
    id: 'S03',
    attack: 'a proof brought again, one of an older epoch, one of roots whose time is over',
    expected: 'reverts',
    where: [
      at(GATE_SOL, 'test_S03_aNonceCountsOnceForACaller'),
      at(GATE_SOL, 'test_S03_aStandingRecordIsNotShortenedByAnyone'),
      at(GATE_SOL, 'test_S03_rootsAreTakenUpToTheirEndAndNoLonger'),
    ],
  },
  {
    id: 'S04',
    attack: 'the same proof on another chain, at another contract, for another domain',
    expected: 'reverts',
    where: [
      at(GATE_SOL, 'test_S04_replayOnAnotherChainIsRefused'),
      at(GATE_SOL, 'test_S04_replayAtAnotherGateIsRefused'),
      at(GATE_SOL, 'test_S04_aProofForAnotherChainOrGateOrForAReaderIsRefused'),
    ],
  },
  {
    id: 'S05',
    attack: 'calldata copied by another sender',
    expected: 'reverts, and the one that it was made for is not hindered',
    where: [at(GATE_SOL, 'test_S05_aCopiedProofIsRefusedFromAnyOtherCaller')],
  },
  {
    id: 'S06',
    attack: 'a public value beyond the order used as a key',
    expected: 'reverts',
    where: [at(GATE_SOL, 'test_S06_aSignalThatIsNotReducedIsRefused')],
  },
  {
    id: 'S07',
    attack: 'a price that is stale, zero, negative, of the future, or of other decimals',
    expected: 'reverts',
    where: { waitsFor: 'a contract that reads prices' },
  },
  {
    id: 'S08',
    attack: 'a price at the edge of its age',
    expected: 'as specified',
    where: { waitsFor: 'a contract that reads prices' },
  },
  {
    id: 'S09',
    attack: 'time that runs past a record, its roots, or what the owner withdraws',
    expected: 'the record no longer counts',
    where: [
      at(GATE_SOL, 'test_S09_holdsUpToItsLastSecondAndNoLonger'),
      at(GATE_SOL, 'test_S09_aRecordEndsWithTheRootsWhenTheyEndFirst'),
      at(OWNER_SOL, 'test_S09_withdrawnRootsStopNewRecordsAndOldOnes'),
    ],
  },
  {
    id: 'S10',
    attack: 'every function of every contract called by someone who may not',
    expected: 'reverts',
    where: [
      at(CONTRACTS, 'S10: every contract that can be deployed is tried here'),
      at(CONTRACTS, 'S10: no function of a verifier writes, and none of a contract takes money'),
      at(
        CONTRACTS,
        'S10: MarginGate: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(OWNER_SOL, 'test_S10_onlyTheOwnerDecides'),
    ],
  },
  {
    id: 'S11',
    attack: 'ownership taken without an offer, given to nobody, or given up',
    expected: 'reverts',
    where: [at(OWNER_SOL, 'test_S11_ownershipChangesInTwoSteps')],
  },
  {
    id: 'S12',
    attack: 'a verifier that is not trusted, or no longer',
    expected: 'is not asked, and what it has accepted no longer counts',
    where: [
      at(OWNER_SOL, 'test_S12_anUntrustedVerifierIsNotAsked'),
      at(OWNER_SOL, 'test_S12_aWithdrawnVerifierStopsNewRecordsAndOldOnes'),
    ],
  },
  {
    id: 'S13',
    attack: 'calls while paused',
    expected: 'writes revert, reads go on',
    where: { waitsFor: 'a contract that can be paused' },
  },
  {
    id: 'S14',
    attack: 'too little gas, at every amount',
    expected: 'no state changes without a valid proof',
    where: [
      at(GRIEFING_SOL, 'test_S14_noGasLimitMakesAnInvalidProofARecord'),
      at(GRIEFING_SOL, 'test_S14_aValidProofIsTakenWholeOrNotAtAllAtAnyGasLimit'),
      at(GRIEFING_SOL, 'test_S14_control_aGateThatTakesNoAnswerForAYesIsStarvedIntoARecord'),
      at(GATE_SOL, 'testFuzz_S14_aStarvedCallLeavesNoTrace'),
    ],
  },
  {
    id: 'S15',
    attack: 'random sequences of everything that anybody can call',
    expected: 'no record without a proof, and nothing changes but by who may change it',
    where: [
      at(INVARIANT_SOL, 'invariant_S15_noRecordWithoutAProofAndNothingChangesButByWhoMayChangeIt'),
      at(INVARIANT_SOL, 'test_S15_theStepsReachTheGate'),
    ],
  },
  {
    id: 'S16',
    attack: 'domains and contexts against TypeScript; the contracts compute with no amounts',
    expected: 'equal',
    where: [at(GATE_SOL, 'test_solidityAndTypeScriptMakeTheSameDomainsAndContexts')],
  },
  {
    id: 'S17',
    attack: 'gas and size of code',
    expected: 'within 1 % of the agreed figures, and below what a chain takes',
    where: [
      at(
        FORGE,
        'S17: gas and sizes of code stay within 1 % of the agreed figures, and a chain takes the code',
      ),
    ],
  },
  {
    id: 'S18',
    attack: 'each check of a contract deleted or turned',
    expected: 'noticed, for at least 85 of 100',
    where: [
      at(
        CONTRACTS,
        'S18: every check, modifier, write and event of the contracts has a mutant; the soundness report has the tests judge each',
      ),
    ],
  },
  {
    id: 'S19',
    attack:
      'one balance behind two records or pledges: of two epochs, under a changed owner, under old roots again',
    expected: 'what was before is over',
    where: [
      at(TERM_SOL, 'test_S19_anAccountThatTwoEpochsHaveIsOnRecordAndPledgedInTheLastOneAlone'),
      at(TERM_SOL, 'test_S19_anAccountWhoseOwnerChangedIsOnRecordAndPledgedUnderOneHandleAlone'),
      at(TERM_SOL, 'test_S19_whatIsOverStaysOverWhenTheOldRootsAreAcceptedAgain'),
      at(TERM_SOL, 'test_S19_onlyOnePairIsAcceptedAndHalfOfItIsAnother'),
    ],
  },
  {
    id: 'S20',
    attack: 'an expiry, an end of roots or a pledge in milliseconds, good for fifty thousand years',
    expected: 'refused',
    where: [
      at(GATE_SOL, 'test_S20_aProofThatExpiresInMillisecondsIsRefused'),
      at(OWNER_SOL, 'test_S20_rootsThatEndInMillisecondsAreRefused'),
      at(PLEDGE_SOL, 'test_S20_aPledgeThatEndsInMillisecondsIsRefused'),
    ],
  },
  {
    id: 'S21',
    attack:
      'success read from silence: a call that reverts in its block, whose number another takes, or to no contract',
    expected: 'an error, with the hash of the transaction if there was one',
    where: [
      at(
        GATE,
        'S21: of two transactions with one proof in one block the second is refused, by its hash and reason',
      ),
      at(GATE, 'S21: a transaction whose number another one takes is no success'),
      at(
        GATE,
        'S21: no gate and no verifier is at an address without code, though a transaction to it succeeds',
      ),
    ],
  },
  {
    id: 'N14',
    attack: 'one account pledged to two lenders',
    expected: 'refused',
    where: [at(PLEDGE_SOL, 'test_N14_aSecondPledgeIsRefusedToAnyLender')],
  },
]
