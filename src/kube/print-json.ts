/**
 * JSON of a value, without a line break at its end: two spaces deep, or on one line. Characters that a terminal obeys or
 * hides (controls of both sets, text directions, line separators) are escaped, which to a reader of JSON says the same.
 */
export function printJson(value: unknown, { oneLine = false }: { readonly oneLine?: boolean } = {}): string {
  const text = oneLine ? JSON.stringify(value) : JSON.stringify(value, undefined, 2)
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    // a character beyond U+FFFF is two units, each with an escape of its own
    [...Array(character.length).keys()].map((at) => unitEscape(character.charCodeAt(at))).join(''),
  )
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
