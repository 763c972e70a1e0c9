import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { linesOf, svgOf } from '../../scripts/recording/svg.ts'

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('the recording in docs/demo.svg', () => {
  const lines = linesOf(file('docs/demo.svg'))

  it('is what scripts/recording.ts makes of its lines', () => {
    const texts = lines.map(({ text }) => text)
    expect(linesOf(svgOf(lines)).map(({ text }) => text)).toEqual(texts)
    expect(svgOf(lines).replace(/ (dur|keyTimes)="[^"]*"/g, '')).toBe(
      file('docs/demo.svg').replace(/ (dur|keyTimes)="[^"]*"/g, ''),
    )
  })

  it('shows every command of scripts/demo-journey, in their order', () => {
    const typed = file('scripts/demo-journey').matchAll(/^show \d (.*)$/gm)
    expect(lines.flatMap(({ text }) => (text.startsWith('$ ') ? [text.slice(2)] : []))).toEqual(
      [...typed].map(([, command]) => command),
    )
  })
})

describe('a recording', () => {
  it('keeps text as it is, and shortens a pause', () => {
    const lines = [
      { at: 0.5, text: '$ kubectl migrate list' },
      { at: 60, text: 'a <b> & "c"' },
    ]
    const shown = linesOf(svgOf(lines))
    expect(shown.map(({ text }) => text)).toEqual(lines.map(({ text }) => text))
    expect(shown.map(({ at }) => at.toFixed(1))).toEqual(['0.5', '1.7'])
  })
})
