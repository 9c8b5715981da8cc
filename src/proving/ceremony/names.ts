/** Cyrillic and Greek letters, and the Latin ones that a reader takes them or their capitals for. */
const LOOKS = new Map(
  Object.entries({
    ...{ а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x' },
    ...{ і: 'i', ј: 'j', ѕ: 's', ԁ: 'd', ԛ: 'q', ԝ: 'w', һ: 'h', ӏ: 'l' },
    ...{ α: 'a', β: 'b', ε: 'e', ζ: 'z', η: 'h', ι: 'i', κ: 'k', μ: 'm', ν: 'n', ο: 'o', ρ: 'p', τ: 't' },
    ...{ υ: 'y', χ: 'x', ϲ: 'c', ϳ: 'j' },
  }),
)

/**
 * What a reader goes by in a name: two names with one key are taken for one person. Case, accents, width,
 * spaces and punctuation do not count, nor do letters that look like Latin ones.
 */
export function nameKey(name: string): string {
  const folded = name.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD')
  return [...folded.replace(/[^\p{L}\p{N}]/gu, '')].map((letter) => LOOKS.get(letter) ?? letter).join('')
}

/** The first name that reads like one before it. */
export function repeatedName(names: readonly string[]): string | undefined {
  const keys = names.map(nameKey)
  return names.find((_, i) => keys.indexOf(keys[i]!) !== i)
}
