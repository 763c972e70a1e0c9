/** Words, which may have spaces in them, on lines of at most `columns`; one that is longer stays whole, on a line of its own. */
export function wrapWords(
  words: readonly string[],
  columns: number,
  widthOf: (text: string) => number = (text) => text.length,
): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
