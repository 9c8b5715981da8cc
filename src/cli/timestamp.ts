/** The option of every command that takes a tier table. */
export const TIMESTAMP_OPTION = [
  '--timestamp <seconds>',
  'time of the prices of a tier table (CSV), which has none of its own: seconds since 1970-01-01 UTC',
] as const
