import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeError } from '../present/errors.ts'
import { readDocuments } from './yaml.ts'

/** What a user sees of each document: its place and kind, or the words of its problem. */
function screens(content: string | Uint8Array, source = 'jobs/bert.yaml'): string[] {
  return readDocuments(content, source).map(({ line, path, object, problem }) =>
    problem ? describeError(problem, 'kubectl migrate').lines.join('\n') : `${line} ${path || '-'} ${object?.['kind']}`,
  )
}

/** The spec of the one document. */
function spec(yaml: string): unknown {
  const [document, ...others] = readDocuments(`kind: PyTorchJob\nspec:\n${yaml}`, 'jobs/bert.yaml')
  expect(others).toEqual([])
  expect(document?.problem?.data).toBeUndefined()
  return document?.object?.['spec']
}

/** The reason why the one document is refused, and where. */
function refusal(yaml: string): string {
  const [document, ...others] = readDocuments(yaml, 'x.yaml')
  expect(others).toEqual([])
  const { where = '', why = '', exit } = document?.problem?.data ?? {}
  expect(exit).toBe(2)
  return `${where.replace('x.yaml:', '')} ${why.split('\n')[0]}`
}

describe('documents', () => {
  it('are what stands between lines of ---, without those that hold nothing', () => {
    expect(screens('# c\n---\n# c\n---\nkind: A\n---   # c\n\n# c\nkind: B\n...\n---\n')).toEqual(['5 - A', '9 - B'])
  })

  it('do not hide each other when one cannot be read', () => {
    expect(screens('kind: A\n---\nkind: [\n---\nkind: C\n')).toEqual([
      '1 - A',
      `error: jobs/bert.yaml holds a document that cannot be read
       jobs/bert.yaml:4:1
       unexpected end of the stream within a flow collection
           4 | 
             | ^`,
      '5 - C',
    ])
  })

  it('show the line that is wrong, with a caret below the place', () => {
    expect(screens('kind: PyTorchJob\nmetadata:\n  name: bert\n  labels: a: b\n')).toEqual([
      `error: jobs/bert.yaml holds a document that cannot be read
       jobs/bert.yaml:4:12
       a second ": " in one line: put the value in quotes
           4 |   labels: a: b
             |            ^`,
    ])
  })

  it('show a part of a line that is long', () => {
    const args = Array.from({ length: 30 }, (_, index) => `--flag-${index}`).join(', ')
    expect(screens(`args: [${args}, 'x' y, ${args}]\n`)[0]?.split('\n').slice(2)).toEqual([
      '       missed comma between flow collection entries',
      "           1 | …, --flag-26, --flag-27, --flag-28, --flag-29, 'x' y, --flag-0, --flag-1, --flag-…",
      '             |                                                    ^',
    ])
  })

  it('show what a terminal would hide or obey, with the caret still in its place', () => {
    expect(screens('a: "\u001b[31m\t"\n')[0]?.split('\n').slice(2)).toEqual([
      '       the control character U+001B',
      '           1 | a: "\\e[31m "',
      '             |     ^',
    ])
  })

  it('that are no objects are told as what they are', () => {
    expect(screens('- a\n')).toEqual([
      `error: jobs/bert.yaml holds a list where a Kubernetes object should be
       jobs/bert.yaml:1:1
           1 | - a
             | ^`,
    ])
    expect(refusal('text\n')).toBe('1:1     1 | text')
  })

  it('keep their text with its comments', () => {
    const [first, second] = readDocuments('# one\nkind: A # a\n---\nkind: B', 'x.yaml')
    expect([first?.text, second?.text]).toEqual(['# one\nkind: A # a\n', 'kind: B'])
  })

  it('end at "...": kubectl drops what follows in silence, so it is refused', () => {
    expect(screens('kind: A\n...\nkind: B\n')).toEqual([
      '1 - A',
      `error: jobs/bert.yaml holds a document that cannot be read
       jobs/bert.yaml:3:1
       kubectl reads nothing after "...": begin it with ---
           3 | kind: B
             | ^`,
    ])
  })

  it('begin on their own line: kubectl takes nothing but a comment after ---', () => {
    expect(screens('kind: A\n--- {kind: B}\n---\nkind: C\n')).toEqual([
      '1 - A',
      expect.stringContaining('kubectl takes nothing but a comment after the separator ---'),
      '4 - C',
    ])
  })

  it('are separated at the start of a line only', () => {
    expect(spec('  script: |\n    a\n    ---\n    b\n')).toEqual({ script: 'a\n---\nb\n' })
  })
})

describe('Lists', () => {
  const list =
    'kind: List\nitems:\n# first\n- kind: A\n  metadata: {name: a}\n- kind: BList\n  apiVersion: v1\n  items:\n  - metadata:\n      name: b\n- 5\n'

  it('are their items, of Lists in them too, each with its place', () => {
    expect(screens(list)).toEqual([
      '4 items[0] A',
      '9 items[1].items[0] B',
      `error: jobs/bert.yaml holds a number where a Kubernetes object should be
       jobs/bert.yaml:11:3
          11 | - 5
             |   ^`,
    ])
  })

  it('give a typed item its kind', () => {
    expect(readDocuments(list, 'x.yaml')[1]?.object).toEqual({ apiVersion: 'v1', kind: 'B', metadata: { name: 'b' } })
  })

  it('have items that find their own fields, and a text of their own', () => {
    const [first, second] = readDocuments(list, 'x.yaml')
    expect([first?.lineOf('metadata.name'), second?.lineOf('metadata.name')]).toEqual([5, 10])
    expect(first?.text).toBe('kind: A\nmetadata:\n  name: a\n')
  })

  it('without items are nothing', () => {
    expect(screens('kind: List\nitems: []\n')).toEqual([])
    expect(screens('kind: List\nitems:\n')).toEqual([])
  })
})

describe('JSON', () => {
  it('is read one value after another', () => {
    expect(screens('{"kind":"A"}{"kind":"B"}\n\n{"kind":"C",\n"spec":{}}\n---\nkind: D\n', 'a.json')).toEqual([
      '1 - A',
      '1 - B',
      '3 - C',
      '6 - D',
    ])
  })

  it('may turn out to be YAML', () => {
    expect(screens('{kind: A, mode: 0755}')).toEqual(['1 - A'])
  })

  it('says in its own words what is wrong, after what could be read', () => {
    expect(screens('{"kind":"A"}\n{"kind":"B",\n  "a": tru}', 'a.json')).toEqual([
      '1 - A',
      `error: a.json holds a document that cannot be read
       a.json:3:8
       a value is expected here, not "t"
           3 |   "a": tru}
             |        ^`,
    ])
  })

  it('of a List keeps the place of its items', () => {
    const [, second] = readDocuments(
      '{"kind":"A"}\n{"kind":"List","items":[\n\t{"kind":"B","spec":{\n"x":1}}]}',
      'a.json',
    )
    expect([second?.line, second?.path, second?.lineOf('spec.x'), second?.positionOf('kind')]).toEqual([
      3,
      'items[0]',
      4,
      { line: 3, column: 3 },
    ])
  })

  const wrong: [string, string][] = [
    ['{"a":1,"a":2}', '1:8 the key "a" is there twice'],
    [
      '{"a":9007199254740993}',
      '1:6 the number 9007199254740993 is too large to be carried exactly: put it in quotes if it is a string',
    ],
    ['{"a":1E400}', '1:6 the number 1E400 is too large to be carried exactly: put it in quotes if it is a string'],
    ['{"a":"\\q"}', '1:6 an escape sequence JSON does not have'],
    ['{"a":"b\nc: d}', '1:6 a string without its closing quote, or with a raw control character'],
    ['{"a" 1}', '1:6 ":" is expected here, not "1"'],
    ['{"a":[1 {}]}', '1:9 "," or "]" is expected here, not "{"'],
    ['{"a":1', '1:7 "," or "}" is expected here, not the end'],
    ['{"__proto__":1}', '1:2 a key named __proto__ is not read'],
    [`{"a":${'['.repeat(300)}`, '1:206 nesting deeper than 200 levels'],
  ]
  for (const [text, reason] of wrong) {
    it(`refuses ${text.slice(0, 40)}`, () => {
      expect(refusal(text)).toBe(reason)
    })
  }
})

describe('what kubectl takes and we refuse, as something would be lost in silence', () => {
  const wrong: [string, string][] = [
    ['a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n', '5:3 the key "c" is there twice'],
    ['{a: 1, a: 2}', '1:8 the key "a" is there twice'],
    ['yes: 1\ntrue: 2\n', '2:1 the key "true" is there twice'],
    [
      'a: 9007199254740993\n',
      '1:4 the number 9007199254740993 is too large to be carried exactly: put it in quotes if it is a string',
    ],
    [
      'a: 0x20000000000001\n',
      '1:4 the number 0x20000000000001 is too large to be carried exactly: put it in quotes if it is a string',
    ],
    [
      'a: 123456789012345678901\n',
      '1:4 the number 123456789012345678901 is too large to be carried exactly: put it in quotes if it is a string',
    ],
    [
      '  a: 1\nb: 2\n',
      '2:1 this does not belong to what stands above it: its indentation is wrong (kubectl stops reading here)',
    ],
    [
      'a: "x\u0085y"\n',
      '1:6 the character U+0085 ends a line for kubectl, unseen: remove it, or write it as an escape in double quotes',
    ],
    [
      'a: x\u2028y\n',
      '1:5 the character U+2028 ends a line for kubectl, unseen: remove it, or write it as an escape in double quotes',
    ],
    ['a: [b:,c]\n', '1:5 kubectl reads "b" in another way than YAML 1.2: put it in quotes'],
    ['a: [?b]\n', '1:5 kubectl reads "?b" in another way than YAML 1.2: put it in quotes'],
    ['a: &b:c 1\n', '1:4 the anchor &b:c may hold letters, digits, _ and - only'],
    ['__proto__: 1\n', '1:1 a key named __proto__ is not read'],
  ]
  for (const [yaml, reason] of wrong) {
    it(JSON.stringify(yaml), () => {
      expect(refusal(yaml)).toBe(reason)
    })
  }
})

describe('what kubectl refuses too', () => {
  const wrong: [string, string][] = [
    ['a: .inf\n', '1:4 .inf is no number that JSON has: put it in quotes if it is a string'],
    ['a: -.Inf\n', '1:4 -.Inf is no number that JSON has: put it in quotes if it is a string'],
    ['a: .nan\n', '1:4 .nan is no number that JSON has: put it in quotes if it is a string'],
    ['a: !!int x\n', '1:10 "x" is no int'],
    ['a: !!float x\n', '1:12 "x" is no float'],
    ['a: !!bool 1\n', '1:11 "1" is no bool'],
    ['a: !!null x\n', '1:11 "x" is no null'],
    ['a: !!binary "§"\n', '1:13 !!binary holds no base64'],
    ['a: !x!y z\n', '1:8 undeclared tag handle "!x!"'],
    ['~: 1\n', '1:1 a key cannot be null'],
    ['[a]: 1\n', '1:1 a key cannot be a list or a mapping'],
    ['{a: b}: 1\n', '1:1 a key cannot be a list or a mapping'],
    ['<<: 5\n', '1:5 a merge key << needs a mapping or a list of mappings'],
    ['a: &a [1]\nb: {<<: *a}\n', '2:9 a merge key << needs a mapping or a list of mappings'],
    ['a: *b\n', '1:4 there is no anchor &b before this alias'],
    ['a: &a {b: *a}\n', '1:11 the anchor &a contains itself'],
    ['a:\n\tb: 1\n', '2:1 tab characters must not be used in indentation'],
    ['a: @b\n', '1:4 a value cannot start with @: put it in quotes'],
    ['a: "\\q"\n', '1:6 unknown escape sequence'],
    ['a: "\\ud83d"\n', '1:5 half of a surrogate pair is no character'],
    ['a: "x\n', '1:4 this quote is never closed'],
    ['a: "b"\nc: "d \\" e\n\nf: g\n', '2:4 this quote is never closed'],
    ["a: 'b''c'\nd: 'e '' f\ng: h\n", '2:4 this quote is never closed'],
    ['a: 1\n b: 2\n', '2:3 this line is indented deeper than the one above it, which has a value already'],
    ['a:\n- b\n  - c: d\n', '3:6 the indentation of this list item is wrong'],
    ['a: "b" c\n', '1:8 the indentation is wrong, or the line above is not finished'],
    ['a: \u0000\n', '1:4 a NUL character'],
    ['a: x\u0007\n', '1:5 the control character U+0007'],
    ['# \ufeff\na: 1\n', '1:3 the control character U+FEFF'],
    ['%YAML 1.1\n', '2:1 a line of --- is missing after %'],
    [`${'[\n'.repeat(201)}`, '200:1 nesting deeper than 200 levels'],
  ]
  for (const [yaml, reason] of wrong) {
    it(JSON.stringify(yaml.slice(0, 40)), () => {
      expect(refusal(yaml)).toBe(reason)
    })
  }
})

describe('aliases', () => {
  it('stand for copies: no two places share a part', () => {
    const { a, b } = spec('  a: &a {x: [1]}\n  b: *a\n') as Record<string, unknown>
    expect(b).toEqual(a)
    expect(b).not.toBe(a)
  })

  const laughs = ['a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]']
  for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map(
    (pair) => [...pair] as [string, string],
  )) {
    laughs.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }

  it('are refused before they unfold into a billion nodes', () => {
    expect(refusal(`${laughs.join('\n')}\n`)).toBe(
      '4:20 its aliases stand for far more than the file itself holds (a "billion laughs" file)',
    )
  })

  it('are refused before they unfold into too much text', () => {
    const text = `a: &a ${'x'.repeat(1_000_000)}\nb: [${Array(30).fill('*a').join(', ')}]\n`
    expect(refusal(text)).toBe(
      '2:85 its aliases stand for far more than the file itself holds (a "billion laughs" file)',
    )
  })
})

describe('any text', () => {
  const manifest =
    'kind: List\nitems:\n- &a {kind: A, x: [1, "two"]}\n- kind: B\n  <<: *a\n  text: |\n    line\n---\n{"kind":"C"}\n'
  const pieces = fc.constantFrom(
    ...[
      ' ',
      '\n',
      '\n  ',
      '\t',
      ':',
      ': ',
      '- ',
      '? ',
      '#',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '!!int ',
      '|',
      '>',
    ],
    ...[
      '---\n',
      '...\n',
      '%',
      '@',
      '~',
      '<<: ',
      '{{ x }}',
      '$X',
      '0755',
      '\r\n',
      '\u0000',
      '\u2028',
      '\ufeff',
      '\\',
      '\ud800',
    ],
  )
  const damaged = fc
    .array(fc.tuple(fc.nat(manifest.length), fc.nat(5), pieces), { maxLength: 4 })
    .map((cuts) =>
      cuts.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), manifest),
    )

  it('comes out as objects and as problems that name their place, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          for (const { object, problem, line } of readDocuments(text, 'x')) {
            expect(object === undefined).toBe(problem !== undefined)
            expect(line).toBeGreaterThan(0)
            if (problem)
              expect([problem.data.exit, problem.data.where]).toEqual([2, expect.stringMatching(/^x:\d+:\d+$/)])
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('bytes', () => {
  const text = 'kind: Größe\n---\nkind: B\n'
  const utf16 = (littleEndian: boolean) => {
    const bytes = new DataView(new ArrayBuffer(2 + text.length * 2))
    for (const [index, unit] of [...`\ufeff${text}`].entries())
      bytes.setUint16(index * 2, unit.charCodeAt(0), littleEndian)
    return new Uint8Array(bytes.buffer)
  }
  const utf8 = new TextEncoder()

  const readable: [string, Uint8Array][] = [
    ['UTF-8', utf8.encode(text)],
    ['UTF-8 with a byte order mark', utf8.encode(`\ufeff${text}`)],
    ['UTF-16, little end first', utf16(true)],
    ['UTF-16, big end first', utf16(false)],
    ['lines that end in CR LF', utf8.encode(text.replaceAll('\n', '\r\n'))],
  ]
  for (const [what, bytes] of readable) {
    it(`${what} is read`, () => {
      expect(screens(bytes)).toEqual(['1 - Größe', '3 - B'])
    })
  }

  it('CR LF in a block scalar is one line feed', () => {
    expect(spec('  script: |\r\n    a\r\n    b\r\n')).toEqual({ script: 'a\nb\n' })
  })

  it('UTF-16 without a byte order mark is named', () => {
    for (const littleEndian of [true, false]) {
      expect(screens(utf16(littleEndian).slice(2))).toEqual([
        'error: jobs/bert.yaml is UTF-16 without a byte order mark\n       save it as UTF-8',
      ])
    }
  })

  it('no UTF-8: the document with it is refused, where kubectl puts U+FFFD in silence', () => {
    const bytes = utf8.encode('kind: A\n---\nkind: B\nname: x?y\n')
    bytes[bytes.indexOf(0x3f)] = 0xff
    expect(screens(bytes)).toEqual([
      '1 - A',
      `error: jobs/bert.yaml holds a document that cannot be read
       jobs/bert.yaml:4:8
       bytes that are no UTF-8: save the file as UTF-8
           4 | name: x�y
             |        ^`,
    ])
  })

  it('no text at all is one problem', () => {
    expect(screens(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0x0a, 0xff))).toEqual([
      'error: jobs/bert.yaml is not a text file',
    ])
  })
})

describe('the line of a field', () => {
  const yaml = `# comment
---
kind: PyTorchJob
metadata:
  labels:
    app.kubernetes.io/name: x
spec:
  base: &base
    image: a
    args: [--lr, "1"]
  roles:
  - name: one
    <<: *base
  -
    name: two
    'quoted key': &anchor !!str 5
    "größe": {x: 1, y: 2}
  list: [[1,
    2], {
  z: 3}]
`
  const [document] = readDocuments(yaml, 'x.yaml')
  const places: [string, string | undefined][] = [
    ['', '3:1'],
    ['kind', '3:1'],
    ["metadata.labels['app.kubernetes.io/name']", '6:5'],
    ['spec.base.args[1]', '10:18'],
    ['spec.roles[0]', '12:5'],
    ['spec.roles[0].image', '9:5'],
    ['spec.roles[0].args[0]', '10:12'],
    ['spec.roles[1].name', '15:5'],
    ["spec.roles[1]['quoted key']", '16:5'],
    ["spec.roles[1]['größe'].y", '17:21'],
    ['spec.list[0][1]', '19:5'],
    ['spec.list[1].z', '20:3'],
    ['spec.absent', undefined],
    ['spec.roles[2]', undefined],
    ['spec.roles.name', undefined],
    ['kind.x', undefined],
    ['spec[', undefined],
  ]
  for (const [path, place] of places) {
    it(`${path || 'the object'} stands ${place === undefined ? 'nowhere' : `at ${place}`}`, () => {
      const position = document?.positionOf(path)
      expect(position && `${position.line}:${position.column}`).toBe(place)
      expect(document?.lineOf(path)).toBe(position?.line)
    })
  }
})
