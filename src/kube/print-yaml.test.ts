import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { printDocuments, printYaml } from './print-yaml.ts'
import { readDocuments } from './yaml.ts'

describe('an object is printed as people write it', () => {
  it('with apiVersion, kind, metadata, spec first, status last, and names first', () => {
    const object = {
      status: { jobs: [] },
      spec: { suspend: true, template: { spec: { containers: [{ image: 'train:1', name: 'node' }] }, metadata: {} } },
      metadata: {
        annotations: { note: 'a' },
        uid: undefined,
        labels: { app: 'bert', 'kueue.x-k8s.io/queue-name': 'gpu' },
        namespace: 'nlp',
        name: 'bert',
      },
      data: null,
      kind: 'TrainJob',
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
    }
    expect(printYaml(object)).toBe(`apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata:
  name: bert
  namespace: nlp
  labels:
    app: bert
    kueue.x-k8s.io/queue-name: gpu
  annotations:
    note: a
spec:
  suspend: true
  template:
    metadata: {}
    spec:
      containers:
        - name: node
          image: train:1
data: null
status:
  jobs: []
`)
  })

  it('with text of several lines as a block, and no line folded', () => {
    const command = ['sh', '-c', `set -e\n\techo "$X"\n\n  exit 0\n`]
    const long = `python train.py ${'--flag value '.repeat(20)}--last`
    expect(printYaml({ command, args: [long], notes: ['a\n', 'a', 'a\n\n', '  a\nb', 'a\n  \nb'] })).toBe(`command:
  - sh
  - -c
  - |
    set -e
    \techo "$X"

      exit 0
args:
  - ${long}
notes:
  - |
    a
  - a
  - |+
    a

  - |2-
      a
    b
  - |-
    a
${'      '}
    b
`)
  })

  it('as lists in lists and mappings in lists', () => {
    expect(printYaml([[1, [2]], [{ a: [] }, {}], { b: { c: 1 }, d: [{ e: 2 }] }])).toBe(`- - 1
  - - 2
- - a: []
  - {}
- b:
    c: 1
  d:
    - e: 2
`)
  })

  it('one after another, --- between them', () => {
    expect(printDocuments([{ kind: 'A' }, { kind: 'B' }])).toBe('kind: A\n---\nkind: B\n')
  })

  it('without members that are undefined, and with null for items that are', () => {
    expect(printYaml({ a: undefined, b: [undefined], c: { d: undefined } })).toBe('b:\n  - null\nc: {}\n')
  })

  it('in time, whatever the length of a text', () => {
    const text = 'x'.repeat(5_000_000)
    expect(printYaml({ text })).toBe(`text: ${text}\n`)
  })
})

describe('a string', () => {
  const plain = [
    'a',
    '-c',
    '--lr=0.1',
    'http://a:80/b#c',
    'a b',
    'a{b}',
    'v1.9.4',
    '1.9.4',
    '10Gi',
    'é',
    '😀',
    '$(A)',
    '<x>',
    '(a)',
    'a"b',
    'C:\\x',
  ]
  for (const text of plain) {
    it(`${text} needs no quotes`, () => {
      expect(printYaml({ k: text })).toBe(`k: ${text}\n`)
    })
  }

  const quoted = [
    ...['', '~', 'null', 'Null', 'true', 'False', 'yes', 'NO', 'on', 'Off', 'y', 'N', '=', '<<'],
    ...[
      '0',
      '1',
      '-1',
      '+1',
      '0755',
      '0o17',
      '0O17',
      '0x1F',
      '0b1',
      '0B1',
      '08',
      '1_000',
      '1e3',
      '1.5',
      '.5',
      '.5_0',
      '1.',
      '-.5',
      '.inf',
      '-.Inf',
      '.NaN',
    ],
    ...['123456789012345678901', '1:30', '-190:20:30.5', '2020-01-01', '2001-12-14t21:59:43.10-05:00'],
    ...[
      '-',
      '- a',
      '---',
      '--- a',
      '---a',
      '...',
      '?',
      '? a',
      ':',
      ': a',
      ':a',
      'a:',
      'a: b',
      'a #b',
      '#a',
      '&a',
      '*a',
      '!a',
      '%a',
      '@a',
      '`a',
      '|',
      '>',
      '[a]',
      '{a}',
      ',a',
      ']',
      '}',
    ],
    ...[
      ' a',
      'a ',
      ' ',
      '\ta',
      'a\t',
      'a\tb',
      '\n',
      ' \n',
      'a\rb',
      '\u0000',
      '\u0007',
      '\u007f',
      '\u0085',
      '\u00a0',
      '\u2028',
      'a\u202eb',
      '\u2066',
      '\ufeff',
      '\ufffe',
    ],
  ]
  for (const text of quoted) {
    it(`${JSON.stringify(text)} stands in quotes, as a value and as a key`, () => {
      const object = { value: text, key: { [text]: 1 } }
      const printed = printYaml(object)
      expect(printed).toMatch(/^value: (".*"|'.*')\nkey:\n {2}(".*"|'.*'): 1\n$/)
      expect(readDocuments(printed, 'x')[0]?.object).toEqual(object)
    })
  }

  const single: [string, string][] = [
    ['"a"', `'"a"'`],
    ['{"a": "it\'s"}', `'{"a": "it''s"}'`],
    ["'a'", `"'a'"`],
    ['# "a" \\', `'# "a" \\'`],
    ['"a" \u0007', '"\\"a\\" \\u0007"'],
  ]
  for (const [text, written] of single) {
    it(`${JSON.stringify(text)} is written ${written}`, () => {
      expect(printYaml({ k: text })).toBe(`k: ${written}\n`)
    })
  }

  it('as a key of several lines, or very long, is marked as a key', () => {
    const long = 'k'.repeat(1100)
    expect(printYaml({ 'a\nb': 1, [long]: { a: 1 } })).toBe(`"a\\nb": 1\n? "${long}"\n: a: 1\n`)
  })
})

describe('a number', () => {
  const numbers: [number, string][] = [
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.1, '0.1'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
    [9007199254740991, '9007199254740991'],
    [2 ** 60, '1.152921504606847e+18'],
  ]
  for (const [number, text] of numbers) {
    it(`${number} is written ${text}, and read back`, () => {
      expect(printYaml({ k: number })).toBe(`k: ${text}\n`)
      expect(readDocuments(printYaml({ k: number }), 'x')[0]?.object).toEqual({ k: number + 0 })
    })
  }
})

/** Text made of what YAML could take for something else. */
const awkward = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...[
          ' ',
          '  ',
          '\n',
          '\n\n',
          '\t',
          '\r',
          ':',
          ': ',
          '#',
          ' #',
          '-',
          '- ',
          '---',
          '...',
          '?',
          ',',
          '{',
          '}',
          '[',
          ']',
        ],
        ...[
          '&',
          '*',
          '!',
          '|',
          '>',
          '%',
          '@',
          '`',
          '~',
          '"',
          "'",
          '\\',
          '=',
          '<',
          '_',
          '.',
          '+',
          '0',
          '1',
          '0x',
          '1:30',
        ],
        ...[
          'e',
          'x',
          'o',
          'y',
          'n',
          'a',
          'b',
          'null',
          'true',
          'é',
          '😀',
          '\u0000',
          '\u0007',
          '\u007f',
          '\u0085',
          '\u2028',
          '\ufeff',
        ],
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
)
const key = awkward.filter((text) => text !== '__proto__')
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    awkward,
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const anyObject = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true })

describe('any JSON', () => {
  it('is read back as it was, by our reader and by YAML 1.2', () => {
    fc.assert(
      fc.property(anyObject, (object) => {
        const printed = printYaml(object)
        expect(readDocuments(printed, 'x').map((document) => document.object ?? document.problem?.data)).toEqual([
          object,
        ])
        expect(load(printed)).toEqual(object)
      }),
      { numRuns: 2000 },
    )
  })

  it('stays apart from its neighbours in a stream', () => {
    fc.assert(
      fc.property(fc.array(anyObject, { minLength: 1, maxLength: 4 }), (objects) => {
        expect(readDocuments(printDocuments(objects), 'x').map(({ object }) => object)).toEqual(objects)
      }),
      { numRuns: 300 },
    )
  })
})
