import { describe, expect, it } from 'vitest'
import { asShown, lookOf, plainSigns } from './terminal.ts'

const terminal = { isTTY: true, columns: 120 }
const pipe = {}

describe('lookOf', () => {
  it.each([
    ['a terminal', terminal, {}, 120],
    ['a terminal, whatever COLUMNS says', terminal, { COLUMNS: '60' }, 120],
    ['no terminal', pipe, {}, 80],
    ['no terminal, COLUMNS', pipe, { COLUMNS: '60' }, 60],
    ['COLUMNS that is no number', pipe, { COLUMNS: 'wide' }, 80],
    ['COLUMNS of nothing', pipe, { COLUMNS: '0' }, 80],
    ['a terminal of no width (as some CI have)', { isTTY: true, columns: 0 }, {}, 80],
  ])('width of %s', (_, stream, variables, columns) => {
    expect(lookOf(stream, variables, 'linux').columns).toBe(columns)
  })

  it.each([
    ['a terminal', terminal, {}, true],
    ['no terminal', pipe, {}, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['NO_COLOR empty', terminal, { NO_COLOR: '' }, true],
    ['TERM=dumb', terminal, { TERM: 'dumb' }, false],
    ['CLICOLOR=0', terminal, { CLICOLOR: '0' }, false],
    ['FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
    ['CLICOLOR_FORCE', pipe, { CLICOLOR_FORCE: '1' }, true],
    ['NO_COLOR and FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('colour with %s', (_, stream, variables, color) => {
    expect(lookOf(stream, variables, 'linux').color).toBe(color)
  })

  it.each([
    ['LANG', { LANG: 'de_DE.UTF-8' }, 'linux', true],
    ['LANG in the other spelling', { LANG: 'C.utf8' }, 'linux', true],
    ['LANG=C', { LANG: 'C' }, 'linux', false],
    ['LC_ALL over LANG', { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, 'linux', false],
    ['LC_CTYPE over LANG', { LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, 'linux', true],
    ['an empty LC_ALL', { LC_ALL: '', LANG: 'C.UTF-8' }, 'linux', true],
    ['no locale', {}, 'linux', false],
    ['no locale on Windows', {}, 'win32', true],
    ['the console of Linux, whose font is small', { LANG: 'C.UTF-8', TERM: 'linux' }, 'linux', false],
  ])('glyphs with %s', (_, variables, platform, unicode) => {
    expect(lookOf(terminal, variables, platform).unicode).toBe(unicode)
  })
})

it('typographic signs have twins of ASCII', () => {
  expect(plainSigns('v1’s “log” … 3–5')).toBe('v1\'s "log" ... 3-5')
})

it.each([
  ['words in ASCII', { unicode: false, isTTY: false }, true, "v1's"],
  ['words in UTF-8', { unicode: true, isTTY: true }, true, 'v1’s'],
  ['a screen of a terminal of ASCII', { unicode: false, isTTY: true }, false, "v1's"],
  ['data in a pipe', { unicode: false, isTTY: false }, false, 'v1’s'],
])('%s', (_, look, areWords, shown) => {
  expect(asShown('v1’s', look, areWords)).toBe(shown)
})
