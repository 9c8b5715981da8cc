/**
 * The chance that nobody whose account was left out looks, where `looking` of `accounts` customers look and
 * the venue left out `omitted` accounts without knowing who looks: the hypergeometric probability of none,
 * `C(accounts − omitted, looking) / C(accounts, looking)` (W. Feller, An Introduction to Probability Theory
 * and Its Applications, volume 1, II.6). Y. Ji and K. Chalkias, Generalized Proof of Liabilities, CCS 2021
 * (doi 10.1145/3460120.3484802), measure how it falls.
 *
 * @example
 * unnoticedChance({ accounts: 1000, looking: 50, omitted: 20 }) // 0.355
 */
export function unnoticedChance({
  accounts,
  looking,
  omitted,
}: {
  accounts: number
  looking: number
  omitted: number
}): number {
  if (omitted > accounts - looking) return 0
  // Of both counts, the smaller one has fewer factors; the quotient is the same.
  const [few, many] = omitted < looking ? [omitted, looking] : [looking, omitted]
  let chance = 1
  for (let i = 0; i < few && chance > 0; i++) chance *= (accounts - many - i) / (accounts - i)
  return chance
}
