import { type Attack, at } from './attack.js'

const CONTRACTS = 'test/attacks/contracts.test.ts'
const FORGE = 'test/contracts/forge.test.ts'
const GATE_SOL = 'test/contracts/MarginGate.t.sol'
const LIQUIDATION_SOL = 'test/contracts/LiquidationGate.t.sol'
const OWNER_SOL = 'test/contracts/MarginGateOwner.t.sol'
const PLEDGE_SOL = 'test/contracts/MarginGatePledge.t.sol'
const GATE = 'test/src/chain/margin-gate.test.ts'
const GATE_CLI = 'test/e2e/gate.test.ts'
const REAL = 'test/attacks/registry.test.ts'
const PUBLISH = 'test/src/chain/publish.test.ts'
const TERM_SOL = 'test/contracts/MarginGateTerm.t.sol'
const GRIEFING_SOL = 'test/contracts/MarginGateGriefing.t.sol'
const EPOCHS_SOL = 'test/contracts/OwnedEpochs.t.sol'
const REGISTRY_SOL = 'test/contracts/SolvencyRegistry.t.sol'
const KEYS_SOL = 'test/contracts/SolvencyRegistryKeys.t.sol'
const VENUE_SOL = 'test/contracts/SolvencyRegistryVenue.t.sol'
const VALUES_SOL = 'test/contracts/SolvencyRegistryValues.t.sol'
const REGISTRY_INVARIANT_SOL = 'test/contracts/SolvencyRegistryInvariant.t.sol'
const REGISTRY_GATE_SOL = 'test/contracts/MarginGateRegistry.t.sol'
const REGISTER_SOL = 'test/contracts/RiskRegister.t.sol'
const PRICES_SOL = 'test/contracts/RiskRegisterPrices.t.sol'
const REGISTER_INVARIANT_SOL = 'test/contracts/RiskRegisterInvariant.t.sol'
const BREAKER_SOL = 'test/contracts/CircuitBreaker.t.sol'
const OUTFLOW_SOL = 'test/contracts/CircuitBreakerOutflow.t.sol'
const FUND_SOL = 'test/contracts/InsuranceFund.t.sol'
const TOKENS_SOL = 'test/contracts/InsuranceFundTokens.t.sol'
const FUND_INVARIANT_SOL = 'test/contracts/InsuranceFundInvariant.t.sol'
const BACKING_SOL = 'test/contracts/BackingRegister.t.sol'
const BREAKER_INVARIANT_SOL = 'test/contracts/CircuitBreakerInvariant.t.sol'
const DEPLOYMENT = 'test/src/chain/deployment.test.ts'
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
      at(REGISTRY_SOL, 'test_S01_anInvalidProofOfSolvencyLeavesNoTrace'),
      at(KEYS_SOL, 'test_S01_whatIsNoVerifierOfTheStatementIsRefused'),
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
    attack:
      'a proof or an epoch brought again, one of an older epoch or of the future, one of roots whose time is over',
    expected: 'reverts',
    where: [
      at(GATE_SOL, 'test_S03_aNonceCountsOnceForACaller'),
      at(GATE_SOL, 'test_S03_aStandingRecordIsNotShortenedByAnyone'),
      at(GATE_SOL, 'test_S03_rootsAreTakenUpToTheirEndAndNoLonger'),
      at(REGISTRY_GATE_SOL, 'test_S03_aProofOfTheEpochBeforeIsRefused'),
      at(REGISTRY_SOL, 'test_S03_aNumberIsOpenedOnceAndNoneBelowIt'),
      at(REGISTRY_SOL, 'test_S03_anOpenEpochIsOvertakenByALaterOne'),
      at(REGISTRY_SOL, 'test_S03_booksOfTheFutureOldBooksAndTheSameBooksAreRefused'),
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
      at(REGISTRY_SOL, 'test_S04_aProofForAnotherChainRegistryOrVenueIsRefused'),
      at(REGISTRY_SOL, 'test_S04_theOpeningForAnotherChainOrRegistryIsRefused'),
    ],
  },
  {
    id: 'S05',
    attack: 'calldata copied by another sender',
    expected: 'reverts, and the one that it was made for is not hindered',
    where: [
      at(GATE_SOL, 'test_S05_aCopiedProofIsRefusedFromAnyOtherCaller'),
      at(REGISTRY_SOL, 'test_S05_aCopiedCallServesTheSameEpochAndNothingElse'),
    ],
  },
  {
    id: 'S06',
    attack: 'a public value beyond the order used as a key',
    expected: 'reverts',
    where: [
      at(GATE_SOL, 'test_S06_aSignalThatIsNotReducedIsRefused'),
      at(REGISTRY_SOL, 'test_S06_aSignalThatIsNotReducedIsRefused'),
    ],
  },
  {
    id: 'S07',
    attack: 'a price that is stale, zero, negative, of the future, or of other decimals',
    expected: 'a feed does not count; without a quorum there is no price, and what needs one reverts',
    where: [
      at(PRICES_SOL, 'testFuzz_S36_aPriceIsTheMedianOfFreshPositiveFeedsOrThereIsNone'),
      at(PRICES_SOL, 'test_S36_aFeedThatIsStaleFutureZeroNegativeOrHugeDoesNotCount'),
      at(PRICES_SOL, 'test_S36_aFeedOfOtherDecimalsOrOddMannersDoesNotCount'),
    ],
  },
  {
    id: 'S08',
    attack: 'a price at the edge of its age',
    expected: 'it counts up to its last second, and not a second longer',
    where: [at(PRICES_SOL, 'test_S36_aFeedThatIsStaleFutureZeroNegativeOrHugeDoesNotCount')],
  },
  {
    id: 'S09',
    attack: 'time that runs past a record, its roots, or what the owner withdraws',
    expected: 'the record no longer counts',
    where: [
      at(GATE_SOL, 'test_S09_holdsUpToItsLastSecondAndNoLonger'),
      at(GATE_SOL, 'test_S09_aRecordEndsWithTheRootsWhenTheyEndFirst'),
      at(OWNER_SOL, 'test_S09_withdrawnRootsStopNewRecordsAndOldOnes'),
      at(VENUE_SOL, 'test_S09_anEpochCountsUpToItsLastSecondAndIsStaleThen'),
    ],
  },
  {
    id: 'S10',
    attack: 'every function of every contract called by someone who may not',
    expected: 'reverts',
    where: [
      at(CONTRACTS, 'S10: every contract that can be deployed is tried here'),
      at(CONTRACTS, 'S10: no function of a verifier writes, and money is taken by the fund alone'),
      at(
        CONTRACTS,
        'S10: MarginGate: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(
        CONTRACTS,
        'S10: LiquidationGate: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(LIQUIDATION_SOL, 'test_S10_onlyTheOwnerDecides'),
      at(
        CONTRACTS,
        'S10: OwnedEpochs: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(
        CONTRACTS,
        'S10: SolvencyRegistry: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(
        CONTRACTS,
        'S10: RiskRegister: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(
        CONTRACTS,
        'S10: InsuranceFund: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(
        CONTRACTS,
        'S10: CircuitBreaker: whoever may, can; with the very same arguments and with any others nobody else',
      ),
      at(CONTRACTS, 'S10: BackingRegister: whoever brings a proof, may; with any other arguments nobody'),
      at(OWNER_SOL, 'test_S10_onlyTheOwnerDecides'),
      at(EPOCHS_SOL, 'test_S10_onlyTheOwnerAcceptsRoots'),
    ],
  },
  {
    id: 'S11',
    attack:
      "ownership taken without an offer, given to nobody, or given up; a guardian who decides, a governor who doesn't wait",
    expected: 'reverts',
    where: [
      at(OWNER_SOL, 'test_S11_ownershipChangesInTwoSteps'),
      at(VENUE_SOL, 'test_S11_aGuardianStopsAndPausesAtOnceAndDoesNothingElse'),
      at(VENUE_SOL, 'test_S11_aGovernorWithADelayDecidesNothingAtOnce'),
    ],
  },
  {
    id: 'S12',
    attack: 'a verifier that is not trusted, or no longer',
    expected: 'is not asked, and what it has accepted no longer counts',
    where: [
      at(OWNER_SOL, 'test_S12_anUntrustedVerifierIsNotAsked'),
      at(OWNER_SOL, 'test_S12_aWithdrawnVerifierStopsNewRecordsAndOldOnes'),
      at(KEYS_SOL, 'test_S12_aProofOfSolvencyUnderAKeyThatIsStoppedOrRetiredIsRefused'),
      at(KEYS_SOL, 'test_S12_anEpochThatRestsOnAKeyThatIsStoppedIsSuspended'),
    ],
  },
  {
    id: 'S13',
    attack: 'calls while paused',
    expected: 'writes revert, reads go on',
    where: [at(VENUE_SOL, 'test_S13_whilePausedNothingIsOpenedOrFinishedAndReadsGoOn')],
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
      at(REGISTRY_INVARIANT_SOL, 'invariant_S15_noEpochWithoutProofsAndNothingChangesButByWhoMayChangeIt'),
      at(REGISTRY_INVARIANT_SOL, 'test_S15_theStepsReachTheRegistry'),
    ],
  },
  {
    id: 'S16',
    attack: 'domains, contexts, points, values and signed hashes against TypeScript',
    expected: 'equal',
    where: [
      at(GATE_SOL, 'test_solidityAndTypeScriptMakeTheSameDomainsAndContexts'),
      at(VALUES_SOL, 'test_pointsAndValuesOfTablesAreThoseOfTypeScript'),
      at(VALUES_SOL, 'test_contextsAreThoseOfTypeScript'),
      at(VALUES_SOL, 'test_openingsAreThoseOfTypeScript'),
      at(REAL, 'S16: contexts that the registry makes are those of proofs'),
    ],
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
      at(REGISTRY_GATE_SOL, 'test_S19_theNextEpochEndsWhatWasRecordedAndPledged'),
      at(REGISTRY_GATE_SOL, 'testFuzz_S19_aRecordEndsNoLaterThanItsEpoch'),
    ],
  },
  {
    id: 'S20',
    attack: 'an expiry, an end of roots or a pledge in milliseconds, good for fifty thousand years',
    expected: 'refused',
    where: [
      at(GATE_SOL, 'test_S20_aProofThatExpiresInMillisecondsIsRefused'),
      at(EPOCHS_SOL, 'test_S20_rootsThatEndInMillisecondsAreRefused'),
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
    id: 'S22',
    attack: 'an old table, the table of another epoch, or one that nobody accepted',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'testFuzz_S22_aClaimThatIsNotProvenIsRefused'),
      at(REGISTRY_SOL, 'test_S22_theTableOfAnotherEpochIsRefused'),
      at(REGISTRY_SOL, 'test_S22_oldBooksAreRefusedUpToTheSecond'),
      at(VENUE_SOL, 'test_S22_onlyATableThatTheSourceAcceptsIsTakenAndASuspendedOneSuspends'),
    ],
  },
  {
    id: 'S23',
    attack: 'honest rows over false marks',
    expected: 'refused: the proof says at a point what its marks are',
    where: [at(REGISTRY_SOL, 'test_S23_honestRowsOverFalseMarksAreRefused')],
  },
  {
    id: 'S24',
    attack: 'marks of another table, or a list cut elsewhere, or not reduced',
    expected: 'refused',
    where: [at(REGISTRY_SOL, 'test_S24_marksOfAnotherTableOrCutElsewhereAreRefused')],
  },
  {
    id: 'S25',
    attack: 'a table without the scenarios that are asked for, or with one that nothing has to cover',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'test_S25_aTableWithoutTheScenariosThatAreAskedForIsRefused'),
      at(REGISTRY_SOL, 'test_S25_scenariosAreAskedForInTheOrderOfTheTable'),
    ],
  },
  {
    id: 'S26',
    attack: 'the first state of another run',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'test_S26_onlyTheRunThatTheProofNamesMakesItFinal'),
      at(
        REAL,
        'S26: a run that begins behind the first batch ends in the same state, and makes nothing final',
      ),
    ],
  },
  {
    id: 'S27',
    attack: 'batches repeated, skipped, interleaved, cut short',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'test_S27_batchesRepeatedSkippedOrInterleavedAreRefusedBeforeAnyPairing'),
      at(REGISTRY_SOL, 'test_S27_aRunThatIsNotWholeMakesNothingFinal'),
      at(REGISTRY_SOL, 'testFuzz_S27_howARunIsCutChangesNothing'),
      at(REAL, 'S27: batches repeated, skipped or interleaved'),
    ],
  },
  {
    id: 'S28',
    attack: 'numbers squatted, signatures replayed or malleated',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'test_S28_aNumberCannotBeSquattedNorASignatureReplayed'),
      at(REGISTRY_SOL, 'test_S28_theUpperFormOfASignatureIsRefused'),
      at(REAL, 'S28: a signature is of no use under another number, a second time, or in its upper form'),
    ],
  },
  {
    id: 'S29',
    attack: 'a key retired or stopped between batches and finality',
    expected: 'retired, it keeps what it verified; stopped, it takes all with it',
    where: [
      at(KEYS_SOL, 'test_S29_aKeyThatIsRetiredBetweenBatchesAndFinalityKeepsWhatItVerified'),
      at(KEYS_SOL, 'test_S29_aKeyThatIsStoppedBetweenBatchesAndFinalityTakesAllWithIt'),
    ],
  },
  {
    id: 'S30',
    attack: 'a development key where things have value, a verifier of an unfinished set-up',
    expected: 'not registered',
    where: [
      at(KEYS_SOL, 'test_S30_developmentKeysAreForTestChainsAlone'),
      at(KEYS_SOL, 'test_S30_aVerifierThatTakesAForgeryIsRefused'),
      at(REAL, 'S30: its development keys are registered on a test chain alone'),
    ],
  },
  {
    id: 'S31',
    attack: 'another waterfall, a weaker policy',
    expected: 'refused',
    where: [
      at(REGISTRY_SOL, 'test_S31_aProofUnderAnotherPolicyOrWaterfallIsRefused'),
      at(REAL, 'S31: a proof under another policy or waterfall'),
    ],
  },
  {
    id: 'S32',
    attack: 'odd names of venues and lenders, odd handles',
    expected: 'refused',
    where: [
      at(VENUE_SOL, 'test_S32_oddNamesAreRefused'),
      at(GATE_CLI, 'S32: odd handles and names, and times in milliseconds, are refused as input'),
      at(REAL, 'S32: odd names of venues'),
    ],
  },
  {
    id: 'S33',
    attack: 'too little gas for a registry, at every amount',
    expected: 'taken whole or not at all',
    where: [
      at(REGISTRY_SOL, 'test_S33_noGasLimitMakesAnInvalidProofAnEpoch'),
      at(REGISTRY_SOL, 'test_S33_aStarvedCallFoldsNothing'),
      at(REAL, 'S33: starved of gas, a forged proof makes nothing final and a real one all or nothing'),
    ],
  },
  {
    id: 'S34',
    attack: 'a table of another time or shape, and one whose marks are far from prices',
    expected: 'not proposed',
    where: [
      at(REGISTER_SOL, 'test_S34_aTableOfAnotherTimeOrShapeIsRefused'),
      at(REGISTER_SOL, 'test_S34_honestRowsOverFalseMarksAreRefused'),
    ],
  },
  {
    id: 'S35',
    attack: 'reports without evidence, of another table, in endless numbers, or back and forth',
    expected: 'refused; a table is suspended and released by prices that anyone can read',
    where: [
      at(REGISTER_SOL, 'test_S35_aReportThatChangesNothingIsRefusedAndAPriceBetweenDoesNotFlap'),
      at(REGISTER_SOL, 'test_S35_aReportOfAnotherTableIsRefused'),
      at(REGISTER_INVARIANT_SOL, 'invariant_S35_noTableIsSuspendedWithoutEvidenceOrUsedAgainstIt'),
    ],
  },
  {
    id: 'S36',
    attack:
      'feeds that are stale, zero, negative, of the future, of other decimals, far apart, or of odd manners',
    expected: 'a feed does not count; without a quorum that agrees there is no price',
    where: [
      at(PRICES_SOL, 'testFuzz_S36_aPriceIsTheMedianOfFreshPositiveFeedsOrThereIsNone'),
      at(PRICES_SOL, 'test_S36_aFeedThatIsStaleFutureZeroNegativeOrHugeDoesNotCount'),
      at(PRICES_SOL, 'test_S36_aFeedOfOtherDecimalsOrOddMannersDoesNotCount'),
      at(PRICES_SOL, 'test_S36_feedsThatAreTooFarApartHaveNoPrice'),
      at(PRICES_SOL, 'test_S36_nothingHasAPriceWhileTheSequencerIsDownAndForAnHour'),
    ],
  },
  {
    id: 'S37',
    attack: 'too little gas for some of the feeds, at every amount',
    expected: 'refused',
    where: [at(PRICES_SOL, 'test_S37_noGasLimitChoosesWhichFeedsAnswer')],
  },
  {
    id: 'S38',
    attack: 'observations with gaps or in endless numbers, and a price of one moment',
    expected: 'no mean over what is not covered, and no report where the mean is near',
    where: [
      at(PRICES_SOL, 'test_S38_aGapOrTheFutureOfAWindowIsNotCovered'),
      at(PRICES_SOL, 'test_S38_spamDoesNotShortenWhatIsCovered'),
      at(PRICES_SOL, 'test_S38_aPriceOfOneMomentSuspendsNothingWhereAWindowIsSet'),
    ],
  },
  {
    id: 'S39',
    attack: 'trips and proofs in endless numbers, without evidence, of another venue, or by money that stays',
    expected: 'refused',
    where: [
      at(BREAKER_SOL, 'test_S39_aCauseThatNobodyCanReadIsNotTripped'),
      at(BREAKER_SOL, 'test_S39_aMarkOfAnotherTableOrVenueOrWithoutAPriceShowsNothing'),
      at(OUTFLOW_SOL, 'test_S39_oneOutflowCountsOnceHoweverItIsCut'),
      at(OUTFLOW_SOL, 'test_S39_whatDoesNotFlowOutTripsNothing'),
      at(BACKING_SOL, 'test_S39_aProofThatWasReplacedNeverComesBack'),
      at(BACKING_SOL, 'test_S39_whatAForgeryReplacedComesBackOnceItsKeyIsStopped'),
      at(BACKING_SOL, 'test_S39_aBackingOfOtherClaimsThanTheEpochsBacksNothing'),
    ],
  },
  {
    id: 'S40',
    attack: 'levels that flap, halts without an end, a breaker that is evidence against its own venue',
    expected: 'a level falls by one a cool-down, and a halt ends',
    where: [
      at(BREAKER_SOL, 'test_S40_aGuardianLeavesACoolDownBetweenHalts'),
      at(BREAKER_SOL, 'test_S40_theSameEvidenceHaltsOnce'),
      at(BREAKER_SOL, 'test_S40_aBreakerThatSuspendsAVenueIsNoEvidenceAgainstIt'),
      at(BREAKER_SOL, 'test_S40_aVenueThatIsSuspendedComesBackByItsNextEpoch'),
      at(BREAKER_INVARIANT_SOL, 'invariant_S40_levelsRiseByEvidenceAloneAndFallByOneACoolDown'),
    ],
  },
  {
    id: 'S41',
    attack: 'too little gas for a breaker, a fund or a register of backing, at every amount',
    expected: 'taken whole or not at all: evidence is neither hidden nor made',
    where: [
      at(BREAKER_SOL, 'test_S41_noGasLimitHidesEvidenceOrMakesIt'),
      at(FUND_SOL, 'test_S41_noGasLimitPaysHalf'),
      at(BACKING_SOL, 'test_S41_noGasLimitMakesAnInvalidProofABacking'),
    ],
  },
  {
    id: 'S42',
    attack: 'one unit of insurance behind two floors, or withdrawn from behind one',
    expected: 'refused',
    where: [
      at(FUND_SOL, 'test_S42_noUnitStandsBehindTwoFloors'),
      at(FUND_SOL, 'test_S42_aRequestReservesNothing'),
      at(FUND_INVARIANT_SOL, 'invariant_S42_floorsAreThereAndFallAcrossEpochsOrByPayouts'),
    ],
  },
  {
    id: 'S43',
    attack:
      'tokens with fees, that charge more, say nothing or no, move nothing, shrink, refuse a receiver, call back',
    expected: 'counted by what arrives, or refused; what shrinks is shared',
    where: [
      at(TOKENS_SOL, 'test_S43_aTokenThatTakesAFeeCountsByWhatArrives'),
      at(TOKENS_SOL, 'test_S43_aTokenThatTakesMoreThanItIsToldIsRefused'),
      at(TOKENS_SOL, 'test_S43_aTokenThatSaysNothingIsTakenAtItsBalance'),
      at(TOKENS_SOL, 'test_S43_aTokenThatSaysNoOrMovesNothingPaysNothing'),
      at(TOKENS_SOL, 'test_S43_whatATokenTakesAwayIsSharedByAllFloors'),
      at(TOKENS_SOL, 'test_S43_aPayoutThatDoesNotDivideCostsNobodyElse'),
      at(TOKENS_SOL, 'test_S43_aReceiverThatATokenRefusesStopsOnlyItself'),
      at(TOKENS_SOL, 'test_S43_nothingIsTakenInTheMiddleOfATransfer'),
      at(TOKENS_SOL, 'test_S43_whatIsNoTokenIsRefused'),
    ],
  },
  {
    id: 'S44',
    attack: 'blocks that vanish under an epoch on its way, or under one that a block has made final',
    expected:
      'what vanished is sent again, what stayed is not, and nothing counts as final before the chain says so',
    where: [
      at(
        PUBLISH,
        'S44: after a re-organisation of three blocks what vanished is sent again, and what stayed is not',
      ),
      at(PUBLISH, 'S44: an epoch is not taken for final before the chain says so'),
    ],
  },
  {
    id: 'S45',
    attack: 'a deployment that leaves an administrator without delay, or nobody in charge',
    expected: 'refused before anything is sent; found when it is read back',
    where: [
      at(DEPLOYMENT, 'S45: is refused before anything is sent'),
      at(DEPLOYMENT, 'S45: is found when it is read back'),
    ],
  },
  {
    id: 'N14',
    attack: 'one account pledged to two lenders',
    expected: 'refused',
    where: [at(PLEDGE_SOL, 'test_N14_aSecondPledgeIsRefusedToAnyLender')],
  },
]
