export { type Accrued, type AccrueOptions, accrue, type ShareTotals } from './accrue.js'
export { borrowRate, type RateCurve, type Rates, ratesSchema, readRates } from './rates.js'
