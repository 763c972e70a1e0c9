import { paint, type Style } from './style.ts'

type Point = readonly [x: number, value: number]

/** How much room a chart has. */
export interface ChartOptions extends Style {
  /** columns in all, the scale on the left included */
  readonly width: number
  /** lines of the curve itself */
  readonly height: number
}

/** Dots of a Braille character by row and column: Unicode 15, chapter 21.1. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/**
 * Two curves over each other, v2's line twice as thick; without Unicode `1`, `2`, and `*` where both are. Empty when there is
 * nothing to draw. A canvas of our own instead of a library: those for terminals draw one colour, or bring a screen of
 * their own.
 */
export function chart(v1: readonly Point[], v2: readonly Point[], options: ChartOptions): string[] {
  const all = [...v1, ...v2]
  if (all.length === 0) return []
  const [low, high] = extent(all.map(([, value]) => value))
  const [left, right] = extent(all.map(([x]) => x))
  const labels = Array.from({ length: options.height }, (_, line) =>
    line % 3 === 0 || line === options.height - 1
      ? shortNumber(high - ((high - low) * line) / Math.max(1, options.height - 1))
      : '',
  )
  const margin = Math.max(...labels.map((label) => label.length))
  const columns = Math.max(4, options.width - margin - 2)
  const [across, down] = options.unicode ? [columns * 2, options.height * 4] : [columns, options.height]
  const place = ([x, value]: Point) => ({
    x: right === left ? 0 : ((x - left) / (right - left)) * (across - 1),
    y: high === low ? Math.floor(down / 2) : ((high - value) / (high - low)) * (down - 1),
  })
  const grids = [v1, v2].map((points, side) => {
    const grid = new Uint8Array(across * down)
    drawn(points.map(place), (x, y) => {
      grid[Math.min(down - 1, y) * across + x] = 1
      if (side === 1 && options.unicode && y + 1 < down) grid[(y + 1) * across + x] = 1
    })
    return grid
  })
  const [one, two] = grids as [Uint8Array, Uint8Array]
  const axis = options.unicode ? '┤' : '|'
  return labels.map((label, line) => {
    const cells = Array.from({ length: columns }, (_, column) =>
      options.unicode ? braille(one, two, line, column, across) : ascii(one, two, line * across + column),
    )
    return `${label.padStart(margin)} ${axis}${painted(cells, options)}`
  })
}

interface Cell {
  readonly glyph: string
  readonly tone: 'held' | 'waits' | undefined
}

const empty: Cell = { glyph: ' ', tone: undefined }

/** A line of cells, those of one colour painted together. */
function painted(cells: readonly Cell[], style: Style): string {
  const end = cells.findLastIndex(({ glyph }) => glyph !== ' ') + 1
  let line = ''
  for (let from = 0; from < end; ) {
    let to = from + 1
    while (to < end && cells[to]?.tone === cells[from]?.tone) to++
    const glyphs = cells.slice(from, to).map(({ glyph }) => glyph)
    line += paint(glyphs.join(''), cells[from]?.tone, style)
    from = to
  }
  return line
}

function braille(one: Uint8Array, two: Uint8Array, line: number, column: number, across: number): Cell {
  let [first, second] = [0, 0]
  for (const [row, bits] of dots.entries()) {
    for (const [side, bit] of bits.entries()) {
      const at = (line * 4 + row) * across + column * 2 + side
      if (one[at] === 1) first |= bit
      if (two[at] === 1) second |= bit
    }
  }
  if (first + second === 0) return empty
  return { glyph: String.fromCodePoint(0x2800 + (first | second)), tone: toneOf(first > 0, second > 0) }
}

function ascii(one: Uint8Array, two: Uint8Array, at: number): Cell {
  const [first, second] = [one[at] === 1, two[at] === 1]
  if (!first && !second) return empty
  return { glyph: first && second ? '*' : first ? '1' : '2', tone: toneOf(first, second) }
}

/** The colours of the two sides; plain where they cover each other. */
export function toneOf(first: boolean, second: boolean): 'held' | 'waits' | undefined {
  return first === second ? undefined : first ? 'held' : 'waits'
}

/** Visits the dots of a line through points. */
function drawn(
  points: readonly { readonly x: number; readonly y: number }[],
  dot: (x: number, y: number) => void,
): void {
  for (const [at, to] of points.entries()) {
    const from = points[at - 1] ?? to
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))))
    for (let step = 0; step <= steps; step++) {
      const part = step / steps
      dot(Math.round(from.x + (to.x - from.x) * part), Math.round(from.y + (to.y - from.y) * part))
    }
  }
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as [number, number],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}

/** Four digits that say most: `6804`, `4.901`, `0.0012`, `1.5e-6`. */
export function shortNumber(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-3)
    return value
      .toExponential(2)
      .replace('e+', 'e')
      .replace(/\.?0+e/, 'e')
  return size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)))
}
