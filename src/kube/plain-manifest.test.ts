import fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { readPlainManifest } from './plain-manifest.ts'
import { readEvents } from './yaml-events.ts'
import { buildValues, type YamlValue } from './yaml-value.ts'

/** What the parser of all of YAML makes of a text of one document; undefined where it refuses it. */
function parsed(text: string): YamlValue | undefined {
  try {
    const [only, ...others] = buildValues(readEvents(text))
    return others.length === 0 ? only : undefined
  } catch {
    return undefined
  }
}

const manifest = `# by hand
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert # the large one
  labels:   # of the team
    app.kubernetes.io/part-of: nlp
  annotations: {}
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 03
      template:
        spec:
          containers:
            - name: pytorch
              command: ["python", "-m","train"]
              args:
              - --epochs=30
              - -m
              - 'a: b'
              - "x # y"

              env: []
          # one comment
          volumes:
            -   name: data
                emptyDir:
                sizeLimit: 16Gi
            - name: off
  suspend: no
  port: 0x10
  ratio: 1.5e3
  empty:
`

describe('readPlainManifest', () => {
  it.each([
    ['a manifest', manifest],
    ['a List with its items', 'kind: List\nitems:\n# first\n- kind: A\n  items:\n  - b: c\n-   kind: B\n- 5\nc: d\n'],
    ['an items that is no list', 'items: 5\n'],
    ['lists set in', 'a:\n  - b: 1x\n    c: d\n  - e: f\n'],
    ['keys without a value', 'a:\nb:\n  c:\nd: e\n- f'.slice(0, -4)],
    ['a last line without an end', 'a: b'],
    ['colons and hashes inside words', 'a: b:c#d\nb: http://x:1/#y\n'],
    ['spaces around', 'a:   b c   \n\n  \n'],
    ['what YAML 1.1 reads as other values', 'a: yes\nb: 0755\nc: 1_000\nd: ~\ne: .5\nf: -0\ng: 1:30\nh: 2020-01-01\n'],
    ['brackets inside of words', 'a: x[0]{1},\nb: -[x]\nc: (a)\nd: $(A)\n'],
  ])('reads %s as the parser does', (_, text) => {
    expect(readPlainManifest(text)).toEqual(parsed(text))
    expect(readPlainManifest(text)).toBeDefined()
  })

  it.each([
    ['block text', 'a: |\n  b\n'],
    ['text over several lines', 'a: b\n  c\n'],
    ['text below its key', 'a:\n  b\n'],
    ['anchors', 'a: &x b\nc: *x\n'],
    ['tags', 'a: !!str 1\n'],
    ['merge keys', 'a: b\n<<: {c: d}\n'],
    ['flow mappings', 'a: {b: c}\n'],
    ['flow lists of other than quoted words', 'a: [b]\n'],
    ['escapes', 'a: "b\\n"\n'],
    ['quotes in quotes', "a: 'b''c'\n"],
    ['a comment behind quotes', 'a: "b" # c\n'],
    ['quoted keys', '"a": b\n'],
    ['keys twice', 'a: b\na: c\n'],
    ['keys that are no text', 'on: b\n'],
    ['the key of a prototype', '__proto__: b\n'],
    ['tabs', 'a:\tb\n'],
    ['carriage returns', 'a: b\r\n'],
    ['letters beyond ASCII', 'a: ü\n'],
    ['the end of a document', 'a: b\n...\n'],
    ['a directive', '%YAML 1.1\n'],
    ['a mapping as text', 'a: b: c\n'],
    ['an odd indentation', 'a:\n    b: c\n  d: e\n'],
    ['a mapping behind a list', 'a:\n- b\n  c: d\n'],
    ['a list behind a value', 'a: b\n- c\n'],
    ['a list of lists', 'a:\n- - b\n'],
    ['a list item on its own line', 'a:\n-\n  b: c\n'],
    ['numbers that are too large', 'a: 9007199254740993\n'],
    ['numbers that JSON has not', 'a: .inf\n'],
    ['nothing', ''],
    ['only a comment', '# a\n'],
    ['one word', 'a\n'],
    ['a list', '- a: b\n'],
    ['JSON', '{"a": "b"}'],
    ['more than 100 levels', Array.from({ length: 102 }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
  ])('leaves %s to the parser', (_, text) => {
    expect(readPlainManifest(text)).toBeUndefined()
  })

  it('never reads anything differently from the parser', () => {
    const punctuation = [
      ': ',
      ':',
      '- ',
      '-',
      ' ',
      '  ',
      '    ',
      '#',
      ' #',
      '"',
      "'",
      '{}',
      '[]',
      '["',
      '"]',
      '", "',
      '.',
    ]
    const indicators = ['&', '*', '|', '>', '!', '---', '...', '?', ',', '@', '%', '`', '~', '=', '<<']
    const words = [
      'a',
      'b',
      'x',
      '1',
      '0',
      'null',
      'true',
      'no',
      'items:\n',
      'key: ',
      'key:\n',
      'c:\n  ',
      'c:\n- ',
      '\n',
      '\n',
    ]
    const piece = fc.oneof(fc.constantFrom(...punctuation), fc.constantFrom(...indicators), fc.constantFrom(...words))
    // most texts of pieces alone are no YAML
    const line = fc
      .tuple(
        fc.constantFrom('', '', '  ', '    ', ' '),
        fc.constantFrom('a: ', 'b: ', 'c:', '- ', '- d: ', '- e:', ''),
        fc.array(piece, { maxLength: 3 }),
      )
      .map(([indent, start, pieces]) => `${indent}${start}${pieces.join('')}\n`)
    const text = fc.oneof(
      fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')),
      fc.array(line, { maxLength: 8 }).map((lines) => `a:\n${lines.join('')}`),
      fc.array(line, { maxLength: 5 }).map((lines) => lines.join('')),
    )
    fc.assert(
      fc.property(text, (written) => {
        const read = readPlainManifest(written)
        if (read !== undefined) expect(read).toEqual(parsed(written))
      }),
      { numRuns: 30_000 },
    )
  })

  it('reads back whatever it accepts of what js-yaml writes, and accepts most of it', () => {
    const word = fc.stringMatching(/^[A-Za-z][\w./:-]{0,20}[\w]$/)
    const key = fc.stringMatching(/^[A-Za-z][\w./-]{0,20}$/)
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.constantFrom('', true, false, null, 'yes', '12', 12, 1.5, 'a b', 'a: b', '--x', '- y', 'LS0t=='),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    let accepted = 0
    const runs = 2000
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1 }), (value) => {
        const text = dump(value, { lineWidth: -1 })
        const read = readPlainManifest(text)
        if (read === undefined) return
        accepted += 1
        expect(read).toEqual(parsed(text))
      }),
      { numRuns: runs },
    )
    expect(accepted).toBeGreaterThan(runs / 4)
  })
})
