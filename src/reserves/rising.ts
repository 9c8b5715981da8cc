/** Whether texts stand in strictly rising order of their code units: no two are equal. */
export function isRising(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || texts[i - 1]! < text)
}
