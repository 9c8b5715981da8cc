import { Rational } from '../../field/index.js'
import { parseScenario, type StressScenario } from './scenario.js'

const GENERATED = 'Generated; no event.'

export interface ParallelShock {
  name: string
  /**
   * Move of every asset that is no stablecoin; "0" together with `stablecoin: "0"` is a shock of volatility
   * alone.
   */
  price: string
  stablecoin: string
  volatility: string
}

/**
 * All assets move alike.
 *
 * @example
 * parallelShock({ name: 'down-20', price: '-0.2', stablecoin: '-0.02', volatility: '0.5' })
 *
 * @throws {InputError} `SCENARIO_SCHEMA`
 */
export function parallelShock({ name, price, stablecoin, volatility }: ParallelShock): StressScenario {
  return parseScenario({
    name,
    title: 'Parallel shock',
    source: GENERATED,
    caveat: 'Assets seldom move by the same share: use it beside events, not in their place.',
    moves: {},
    fallback: { asset: price, stablecoin },
    volatility,
  })
}

/**
 * Volatility moves and prices do not.
 *
 * @throws {InputError} `SCENARIO_SCHEMA`
 */
export function volatilityShock({
  name,
  volatility,
}: Pick<ParallelShock, 'name' | 'volatility'>): StressScenario {
  return { ...parallelShock({ name, price: '0', stablecoin: '0', volatility }), title: 'Volatility shock' }
}

/**
 * Correlations break: the assets of `against` move as far as in the scenario `of`, but the other way, so that
 * what hedged them loses on both legs.
 *
 * @throws {InputError} `SCENARIO_SCHEMA` when `against` is empty or an asset would rise more than the range
 * allows
 */
export function correlationBreak(parts: {
  name: string
  of: StressScenario
  against: readonly [string, ...string[]]
}): StressScenario {
  const { name, of, against } = parts
  const reversed = against.map((asset) => {
    const move = Object.hasOwn(of.moves, asset) ? of.moves[asset]! : of.fallback.asset
    return [asset, opposite(move)]
  })
  return parseScenario({
    ...of,
    name,
    title: `${of.title}, against ${against.join(', ')}`,
    caveat: `Did not happen so: ${against.join(', ')} turned round. ${of.caveat}`.slice(0, 600),
    moves: { ...of.moves, ...Object.fromEntries(reversed) },
  })
}

/** A move of the same size the other way; none falls below zero. */
function opposite(move: string): string {
  if (!/[1-9]/.test(move)) return move
  const turned = move.startsWith('-') ? move.slice(1) : `-${move}`
  return Rational.parse(turned).compare(Rational.ONE.neg()) < 0 ? '-1' : turned
}

export interface SingleFailure {
  name: string
  /** The failure: an asset with all instruments of it, or one instrument that parts from its asset. */
  of: { asset: string } | { instrument: string }
  /** "-1" is to zero. */
  move: string
  /** The simultaneous moves of everything else: nothing fails alone. */
  contagion: { asset: string; stablecoin: string }
  volatility: string
}

/**
 * One asset or one instrument fails (falls to zero, loses its peg), and drags the others along.
 *
 * @example
 * singleFailure({
 *   name: 'wbtc-to-zero', of: { instrument: 'WBTC' }, move: '-1',
 *   contagion: { asset: '-0.1', stablecoin: '-0.01' }, volatility: '0.5',
 * })
 *
 * @throws {InputError} `SCENARIO_SCHEMA`
 */
export function singleFailure({ name, of, move, contagion, volatility }: SingleFailure): StressScenario {
  const what = 'asset' in of ? of.asset : of.instrument
  return parseScenario({
    name,
    title: `Failure of ${what}`,
    source: GENERATED,
    caveat: 'How far the others follow is an assumption of whoever generated it.',
    moves: 'asset' in of ? { [of.asset]: move } : {},
    instrumentMoves: 'asset' in of ? {} : { [of.instrument]: move },
    fallback: contagion,
    volatility,
  })
}
