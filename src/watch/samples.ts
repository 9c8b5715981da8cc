/** What kind a metric is of: a gauge goes up and down, a counter only up while the process runs. */
export type MetricKind = 'gauge' | 'counter'

interface MetricTerms {
  kind: MetricKind
  /** One sentence, with its unit and on whose word it rests. */
  help: string
  labels: readonly string[]
}

const gauge = <const L extends readonly string[]>(labels: L, help: string) => ({
  kind: 'gauge' as const,
  help,
  labels,
})

const counter = <const L extends readonly string[]>(labels: L, help: string) => ({
  kind: 'counter' as const,
  help,
  labels,
})

/**
 * Every metric of a watch: the closed list that sources, detectors, rules and dashboards take names from. A
 * label holds what is public or what the operator named in the configuration, and never an account.
 */
export const METRICS = {
  // Epochs: verified on this machine.
  plimsoll_epoch_valid: gauge(
    ['venue'],
    'Whether the newest epoch of a venue verifies against the pinned keys: 1 or 0. Verified here.',
  ),
  plimsoll_epoch_age_seconds: gauge(
    ['venue'],
    'Seconds since the marks of the newest valid epoch; below zero for marks of the future. By the word of the venue.',
  ),
  plimsoll_epoch_conflicts: gauge(
    ['venue'],
    'Names of epochs under which manifests that differ were seen since the start. Verified here.',
  ),
  plimsoll_epoch_batches: gauge(['venue'], 'Batches of the newest valid epoch. Verified here.'),
  plimsoll_epoch_least_ratio: gauge(
    ['venue', 'instrument'],
    'Least that is held of an instrument per unit owed, as the newest valid epoch proves it. Verified here.',
  ),

  // Prices and marks: on the word of feeds.
  plimsoll_feed_price: gauge(['feed', 'instrument'], 'Last price that a feed gave. Believed from the feed.'),
  plimsoll_feed_age_seconds: gauge(
    ['feed', 'instrument'],
    'Seconds since the last price of a feed, by its own time where it gives one. Believed from the feed.',
  ),
  plimsoll_mark_deviation_ratio: gauge(
    ['venue', 'instrument', 'feed'],
    "Distance of a mark of the venue's newest valid epoch from a feed, as a share of the feed's price.",
  ),
  plimsoll_depth_value: gauge(
    ['instrument', 'side', 'within'],
    'Value of orders on one side of a book within a share of the mid price. Believed from the file.',
  ),
  plimsoll_depth_age_seconds: gauge(
    ['instrument'],
    'Seconds since the file of an order book was written. Believed from the file.',
  ),

  // Chains: on the word of nodes, after the finalised block.
  plimsoll_chain_block_age_seconds: gauge(
    ['chain'],
    'Seconds since the block that a chain is read after; below zero where clocks differ. Believed from the node.',
  ),
  plimsoll_registry_solvent: gauge(
    ['chain', 'venue'],
    'Whether the registry calls a venue solvent: 1 or 0. Believed from the node.',
  ),
  plimsoll_registry_epoch: gauge(
    ['chain', 'venue'],
    'Number of the last final epoch at the registry. Believed from the node.',
  ),
  plimsoll_registry_left_seconds: gauge(
    ['chain', 'venue'],
    'Seconds for which the epoch at the registry still counts; below zero once it is over. Believed from the node.',
  ),
  plimsoll_registry_matches: gauge(
    ['chain', 'venue'],
    "Whether the manifest of the registry's last epoch is that of the same epoch here: 1 or 0. Believed from the node.",
  ),
  plimsoll_table_suspended: gauge(
    ['chain', 'venue'],
    "Whether the RiskRegister holds the table of the venue's epoch for suspended: 1 or 0. Believed from the node.",
  ),
  plimsoll_breaker_level: gauge(
    ['chain', 'scope'],
    'Level of a breaker: 0 normal, 1 caution, 2 restricted, 3 halted. Believed from the node.',
  ),
  plimsoll_breaker_cause_level: gauge(
    ['chain', 'scope', 'cause'],
    'Level that one cause holds a breaker at. Believed from the node.',
  ),
  plimsoll_fund_balance: gauge(
    ['chain', 'token'],
    'Balance of the insurance fund, in whole tokens. Believed from the node.',
  ),
  plimsoll_fund_floor: gauge(
    ['chain', 'beneficiary', 'token'],
    'Floor of the fund for a beneficiary, in whole tokens. Believed from the node.',
  ),
  plimsoll_fund_cover: gauge(
    ['chain', 'beneficiary', 'token'],
    'What the fund covers of a beneficiary now, in whole tokens. Believed from the node.',
  ),
  plimsoll_gate_record_left_seconds: gauge(
    ['gate', 'record'],
    'Seconds for which a record of a gate still holds; 0 where there is none. Believed from the node.',
  ),

  // The venue's own books: private.
  plimsoll_liquidation_distance_ratio: gauge(
    ['quantile'],
    "Share of its worst scenario's move that an account survives, at a quantile of accounts that could owe; 10 for more. Private.",
  ),
  plimsoll_concentration_ratio: gauge(
    ['instrument', 'side', 'top'],
    'Share of all longs or shorts in an instrument that its largest holders have. Private.',
  ),
  plimsoll_scenario_margin_ratio: gauge(
    ['scenario'],
    'What is held over what is owed in a scenario, by the books. Private.',
  ),
  plimsoll_scenario_shortfall: gauge(
    ['scenario'],
    'Sum of what accounts owe beyond what they have in a scenario, in the quote currency. Private.',
  ),
  plimsoll_cover_need: gauge(
    ['scenario', 'top'],
    'The same of the accounts with the largest shortfalls alone, as many as the policy covers. Private.',
  ),
  plimsoll_cover_fund: gauge(
    ['scenario'],
    'What the layers of the waterfall hold against it in a scenario, in the quote currency. Private.',
  ),

  // Detectors: computed here from what feeds say.
  plimsoll_volatility_ewma: gauge(
    ['instrument'],
    'Volatility of a day by exponentially weighted squares, as a share of the price. From believed prices.',
  ),
  plimsoll_volatility_ratio: gauge(
    ['instrument'],
    'The same over the volatility that is usual. From believed prices.',
  ),
  plimsoll_mark_fall_ahead_ratio: gauge(
    ['venue', 'instrument', 'feed'],
    'How far a price will be below its mark if it goes on as it does, as a share of the mark. From believed prices.',
  ),
  plimsoll_tail_quantile: gauge(
    ['instrument', 'side', 'p'],
    'Move of a period that is exceeded with the probability 1 − p, as a share of the price. From believed prices.',
  ),
  plimsoll_tail_quantile_bound: gauge(
    ['instrument', 'side', 'p', 'bound'],
    'Ends of the band around such a move, low and high. From believed prices.',
  ),
  plimsoll_proposed_change_ratio: gauge(
    ['parameter'],
    'Change that the last proposal makes to a parameter, as a share of its value. Nothing changes by itself.',
  ),

  // Alerts, by the rules of the configuration.
  plimsoll_alerts_firing: gauge(['severity'], 'Alerts that fire now, by severity.'),
  plimsoll_alerts_waiting: gauge([], 'Messages that the receiver of alerts does not have yet.'),

  // The keeper, on its own account.
  plimsoll_keeper_spent_ratio: gauge(
    [],
    'Share of its spending limit that the keeper has spent or may yet spend on what it sent, in the time of the limit.',
  ),

  // The watch itself.
  plimsoll_source_up: gauge(['source'], 'Whether the last reading of a source succeeded: 1 or 0.'),
  plimsoll_source_age_seconds: gauge(['source'], 'Seconds since a source was last read with success.'),
  plimsoll_watch_errors_total: counter(['source'], 'Readings of a source that failed since the start.'),
  plimsoll_watch_ticks_total: counter([], 'Rounds of the watch since the start.'),
  plimsoll_watch_clock_steps_total: counter([], 'Times that the clock of this machine went backwards.'),
} as const satisfies Record<string, MetricTerms>

/**
 * A metric of a watch.
 *
 * @useDeclaredType
 */
export type MetricName = keyof typeof METRICS

/** The labels of a metric, each with its text. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>

/** One value of one series at a time. */
export interface Sample {
  name: MetricName
  labels: Readonly<Record<string, string>>
  /** Finite: for people and thresholds, and no amount to settle with. */
  value: number
  /** When it was so, in seconds since 1970-01-01 UTC: the time of the reading, or what its origin says. */
  at: number
}

/**
 * A sample with exactly the labels that its metric has.
 *
 * @throws {RangeError} for a value that is no finite number: a source has refused it before
 */
export function sample<N extends MetricName>(
  name: N,
  labels: LabelsOf<N>,
  value: number,
  at: number,
): Sample {
  if (!Number.isFinite(value)) throw new RangeError(`${name}: not a finite number`)
  return { name, labels, value, at }
}

/** One text for a series, the same for the same name and labels. */
export function seriesKey({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  return JSON.stringify([name, ...METRICS[name].labels.map((label) => labels[label])])
}
