import * as z from 'zod'

/** Rules of alerts, and who is told. */
export const alertsSchema = z.strictObject({})
