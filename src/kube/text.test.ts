import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neutralise, shellWord } from './text.ts'

describe('neutralise', () => {
  it.each([
    ['plain text stays', 'bert-large 100 %', 'bert-large 100 %'],
    ['letters of all scripts and emoji stay', 'größe 模型 👩‍🔬 ✓', 'größe 模型 👩‍🔬 ✓'],
    ['a colour sequence', '\u001b[31mred', '\\e[31mred'],
    ['a window title', '\u001b]0;owned\u0007', '\\e]0;owned\\u{0007}'],
    ['the 8-bit control sequence introducer', '\u009b31m', '\\u{009b}31m'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['a right-to-left override', 'gpj.\u202eexe', 'gpj.\\u{202e}exe'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
    ['a tag character outside the basic plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ])('%s', (_, given, wanted) => {
    expect(neutralise(given)).toBe(wanted)
  })

  it('leaves no control character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(neutralise(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(neutralise(neutralise(text))).toBe(neutralise(text))
      }),
    )
  })
})

describe('a word for the shell', () => {
  it.each([
    ['/etc/kube/config', '/etc/kube/config'],
    ['https://host:6443', 'https://host:6443'],
    ['arn:aws:eks:eu-1:1:cluster/a', 'arn:aws:eks:eu-1:1:cluster/a'],
    ['two words', "'two words'"],
    ["it's $HOME", "'it'\\''s $HOME'"],
    ['', "''"],
  ])('%j is %s', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted)
  })
})
