const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' }

/**
 * Text of others (names, annotations, messages of a server) made safe for a terminal: control characters, bidirectional
 * overrides, zero-width and other format characters and lone surrogates become visible escapes; all else is kept.
 */
export function neutralise(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, (character) => {
    // a zero-width joiner is a part of many emoji and of several scripts
    if (character === '\u200d' || character === '\u200c') return character
    return named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`
  })
}

/** A word as a POSIX shell reads it back: in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
