/** A line of a terminal, and the second at which it stood there. */
export interface Line {
  readonly at: number
  readonly text: string
}

const [columns, rows] = [110, 32]
const [width, height] = [7.3, 16]
/** seconds the end stands before it begins again */
const rest = 6
/** seconds a pause lasts at the most: waiting is not worth watching */
const longestPause = 1.2

/** Lines as an SVG that plays them: they come in at the bottom and move up, as in a terminal. */
export function svgOf(lines: readonly Line[]): string {
  const times = shortened(lines)
  const end = (times.at(-1) ?? 0) + rest
  const moments = times.map((at) => (at / end).toFixed(5))
  const places = lines.map((_, index) => `0 ${(rows - index - 1) * height}`)
  const texts = lines.map(({ text }, index) => {
    const style = text.startsWith('$ ') ? ' class="typed"' : ''
    return `<text${style} y="${(index + 1) * height - 4}">${escaped(text.slice(0, columns))}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(columns * width)} ${rows * height + 8}" role="img" aria-label="kubectl migrate moves a job in the sandbox">
<style>text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#d8dee9;white-space:pre}.typed{fill:#a3be8c;font-weight:bold}</style>
<rect width="100%" height="100%" rx="6" fill="#1d2129"/>
<g transform="translate(8 0)"><g>
<animateTransform attributeName="transform" type="translate" calcMode="discrete" repeatCount="indefinite" dur="${end.toFixed(2)}s" keyTimes="0;${moments.join(';')}" values="0 ${rows * height};${places.join(';')}"/>
${texts.join('\n')}
</g></g>
</svg>
`
}

/** The lines of such an SVG, with the times at which it shows them. @throws Error where it is none */
export function linesOf(svg: string): Line[] {
  const end = Number(/ dur="([\d.]+)s"/.exec(svg)?.[1])
  const [, ...moments] = / keyTimes="([^"]+)"/.exec(svg)?.[1]?.split(';') ?? []
  const texts = [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, text = '']) => unescaped(text))
  if (!(end > 0) || moments.length !== texts.length) throw new Error('this SVG was not made by scripts/recording.ts')
  return texts.map((text, index) => ({ at: Number(moments[index]) * end, text }))
}

function shortened(lines: readonly Line[]): number[] {
  let [time, before] = [0, 0]
  return lines.map(({ at }) => {
    time += Math.min(Math.max(at - before, 0), longestPause)
    before = at
    return time
  })
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
