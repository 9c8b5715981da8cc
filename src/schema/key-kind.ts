import * as z from 'zod'

/** How a key was made: whoever made a development key can forge with it. */
export const keyKindSchema = z.enum(['development', 'ceremony'])

export type KeyKind = z.infer<typeof keyKindSchema>
