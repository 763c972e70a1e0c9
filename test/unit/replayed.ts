/**
 * What a terminal of so many columns shows once this was written to it: lines without colours. It knows what programs that draw in
 * place write (ECMA-48: CUU, CUD, CUF, CHA, CUP, ED, EL), and throws at anything else, and at a line that a terminal would wrap.
 */
export function replayed(text: string, columns: number): string[] {
  const lines: string[][] = [[]]
  let [row, column] = [0, 0]
  const line = (): string[] => {
    while (lines.length <= row) lines.push([])
    return lines[row] ?? []
  }
  const moves: Readonly<Record<string, (amount: number) => void>> = {
    A: (amount) => {
      row = Math.max(0, row - (amount || 1))
    },
    B: (amount) => {
      row += amount || 1
    },
    C: (amount) => {
      column += amount || 1
    },
    G: (amount) => {
      column = (amount || 1) - 1
    },
    H: () => {
      ;[row, column] = [0, 0]
    },
    J: (amount) => {
      if (amount === 2) return void lines.splice(0)
      line().length = column
      lines.length = row + 1
    },
    K: (amount) => {
      if (amount === 2) line().fill(' ')
      else line().length = Math.min(line().length, column)
    },
    m: () => undefined,
  }
  for (const [part, amount, letter] of text.matchAll(/\u001b\[(\d*)(?:;\d+)*([A-Za-z])|\u001b\[\?\d+[hl]|[\s\S]/gu)) {
    if (letter !== undefined) {
      const move = moves[letter]
      if (!move) throw new Error(`a terminal was told ${JSON.stringify(part)}`)
      move(Number(amount))
    } else if (part === '\n') {
      row++
      column = 0
    } else if (part === '\u001b') throw new Error('an escape that is none of those known')
    else if (!part.startsWith('\u001b')) {
      const cells = line()
      while (cells.length < column) cells.push(' ')
      cells[column++] = part
      if (column > columns) throw new Error(`a line longer than ${columns} columns: ${cells.join('')}`)
    }
  }
  return lines.map((cells) => cells.join('').trimEnd())
}
