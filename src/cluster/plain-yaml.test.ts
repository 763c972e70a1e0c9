import fc from 'fast-check'
import { dump, load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { parsePlainYaml } from './plain-yaml.ts'

const written = `apiVersion: v1
# by hand
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTg==
    server: https://ABC.gr7.eu-west-1.eks.amazonaws.com
  name: arn:aws:eks:eu-west-1:1234:cluster/prod
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:1234:cluster/prod
    user: aws
  name: prod
current-context: prod
kind: Config
preferences: {}
users:
- name: aws
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - get-token
      - "quoted: text"
      command: aws
      env: null
      installHint: ''
      provideClusterInfo: false
`

describe('parsePlainYaml', () => {
  it.each([
    ['what kubectl and aws write', written],
    ['lists set in', 'a:\n  - b: 1x\n    c: d\n  - e: f\n'],
    ['keys without a value', 'a:\nb:\n  c:\nd: e\n'],
    ['a comment behind a value', 'a: b # c\n'],
    ['a comment behind a key', 'a: # c\n  b: d\n'],
    ['words that only YAML 1.1 takes for booleans', 'a: yes\nb: off\nc:\n- n\n'],
    ['a list of lists is not needed, a list of text is', 'a:\n- b\n- c-d\n- --e\n'],
    ['colons and hashes inside words', 'a: b:c#d\n'],
    ['spaces around', 'a:   b c   \n\n\n'],
    ['names that only look like numbers', 'a: 1-prod\nb: 1.2.3\nc: 0xg\nd: eyJ.a\ne: truer\n'],
  ])('reads %s as a YAML parser does', (_, text) => {
    expect(parsePlainYaml(text)).toEqual(load(text))
  })

  it.each([
    ['a document marker', '---\na: b\n'],
    ['numbers', 'a: 1\n'],
    ['numbers that kubectl reads otherwise', 'a: 0755\n'],
    ['octal and hexadecimal ones', 'a: 0o7\n'],
    ['other spellings of true', 'a: True\n'],
    ['a tilde', 'a: ~\n'],
    ['block text', 'a: |\n  b\n'],
    ['folded text', 'a: >-\n  b\n'],
    ['text over several lines', 'a: b\n  c\n'],
    ['anchors', 'a: &x b\nc: *x\n'],
    ['tags', 'a: !!str 1\n'],
    ['flow mappings', 'a: {b: c}\n'],
    ['flow lists', 'a: [b]\n'],
    ['escapes', 'a: "b\\n"\n'],
    ['quotes in quotes', "a: 'b''c'\n"],
    ['quoted keys', '"a": b\n'],
    ['keys twice', 'a: b\na: c\n'],
    ['tabs', 'a:\tb\n'],
    ['carriage returns', 'a: b\r\n'],
    ['letters beyond ASCII', 'a: ü\n'],
    ['several documents', 'a: b\n---\nc: d\n'],
    ['a mapping as text', 'a: b: c\n'],
    ['an odd indentation', 'a:\n    b: c\n  d: e\n'],
    ['a list item on its own line', 'a:\n-\n  b: c\n'],
    ['nothing', ''],
    ['only a comment', '# a\n'],
    ['one word', 'a\n'],
    ['JSON', '{"a": "b"}'],
  ])('leaves %s to a YAML parser', (_, text) => {
    expect(parsePlainYaml(text)).toBeUndefined()
  })

  it('never reads anything differently from a YAML parser', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      ': ',
      ':',
      '- ',
      '-',
      ' ',
      '  ',
      '    ',
      '\n',
      '\n',
      '#',
      ' #',
      '"',
      "'",
      '{}',
      '[]',
      'null',
      'true',
      '1',
      '.',
      'x',
      '&',
      '*',
      '|',
      '>',
      '!',
      '---',
      '?',
      ',',
      '@',
      '%',
      '`',
      '~',
      '=',
      'key: ',
      'key:\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('')
        const read = parsePlainYaml(text)
        if (read !== undefined) expect(read).toEqual(load(text))
      }),
      { numRuns: 20_000 },
    )
  })

  it('reads back whatever it accepts of what js-yaml writes, and accepts most of it', () => {
    const word = fc.stringMatching(/^[A-Za-z][\w./:-]{0,20}[\w]$/)
    const key = fc.stringMatching(/^[A-Za-z][\w./-]{0,20}$/)
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.constantFrom('', true, false, null, 'yes', '12', 'a b', 'a: b', '--x', '- y', 'LS0t=='),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    let accepted = 0
    const runs = 2000
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1 }), (value) => {
        const read = parsePlainYaml(dump(value, { lineWidth: -1 }))
        if (read === undefined) return
        accepted += 1
        expect(read).toEqual(value)
      }),
      { numRuns: runs },
    )
    expect(accepted).toBeGreaterThan(runs / 4)
  })
})
