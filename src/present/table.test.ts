import { describe, expect, it } from 'vitest'
import { type Column, renderTable, sideBySide } from './table.ts'

const plain = { color: false, unicode: true }
const columns: readonly Column[] = [
  { header: 'NAME' },
  { header: 'STATE' },
  { header: 'PODS', align: 'right' },
  { header: 'AGE' },
]
const rows = [
  ['bert', 'Running', '8', '2d3h'],
  ['a-much-longer-name', 'Pending', '128', '5m'],
]

describe('a table', () => {
  it('has plain columns, nothing after the last', () => {
    expect(renderTable(columns, rows, plain)).toMatchObject({
      hidden: [],
      lines: [
        'NAME                 STATE     PODS   AGE',
        'bert                 Running      8   2d3h',
        'a-much-longer-name   Pending    128   5m',
      ],
    })
  })

  it('is rows alone without its header, as narrow as they are', () => {
    expect(
      renderTable([{ header: 'A LONG HEADER' }, { header: 'B' }], [['x', 'y']], { ...plain, header: false }).lines,
    ).toEqual(['x   y'])
  })

  it('colours cells, not the blanks beside them', () => {
    const cells = [
      [{ text: 'up', tone: 'runs' as const }, 'x'],
      [{ text: 'down', tone: 'failed' as const }, 'y'],
    ]
    expect(renderTable([{ header: 'S' }, { header: 'N' }], cells, { ...plain, color: true }).lines).toEqual([
      'S      N',
      '\u001b[32mup\u001b[39m     x',
      '\u001b[31mdown\u001b[39m   y',
    ])
  })

  it('lines up wide characters and combining marks, and shows escapes as text', () => {
    expect(
      renderTable(
        [{ header: 'NAME' }, { header: 'X' }],
        [
          ['模型', '1'],
          ['e\u0301', '2'],
          ['\u001b[31mred', '3'],
        ],
        plain,
      ).lines,
    ).toEqual(['NAME        X', '模型        1', 'e\u0301           2', '\\e[31mred   3'])
  })

  it('leaves out the most dispensable columns where the terminal is too narrow, and says which', () => {
    const some: readonly Column[] = [
      { header: 'NAME' },
      { header: 'KIND', dispensable: 2 },
      { header: 'STATE' },
      { header: 'AGE', dispensable: 1 },
    ]
    const row = ['bert', 'PyTorchJob', 'Running', '2d3h']
    const at = (width: number) => renderTable(some, [row], { ...plain, width })
    expect(at(34)).toMatchObject({
      hidden: [],
      lines: ['NAME   KIND         STATE     AGE', 'bert   PyTorchJob   Running   2d3h'],
    })
    expect(at(33)).toMatchObject({ hidden: ['KIND'], lines: ['NAME   STATE     AGE', 'bert   Running   2d3h'] })
    expect(at(20)).toMatchObject({ hidden: ['KIND', 'AGE'], lines: ['NAME   STATE', 'bert   Running'] })
    expect(at(5)).toMatchObject({ hidden: ['KIND', 'AGE'], lines: ['NAME   STATE', 'bert   Running'] })
  })

  it('goes on below rows printed before, in their columns', () => {
    const { widths } = renderTable(columns, rows, plain)
    expect(renderTable(columns, [['gpt', 'Failed', '1', '9s']], { ...plain, header: false, widths }).lines).toEqual([
      'gpt                  Failed       1   9s',
    ])
  })

  it('of no rows is its header', () => {
    expect(renderTable(columns, [], plain).lines).toEqual(['NAME   STATE   PODS   AGE'])
  })
})

describe('two blocks beside each other', () => {
  it('fill up the shorter one', () => {
    expect(sideBySide(['a', 'bb'], ['x', 'y', 'z'], 5)).toEqual(['a    x', 'bb   y', '     z'])
    expect(sideBySide(['a', 'bb', 'c'], ['x'], 5)).toEqual(['a    x', 'bb', 'c'])
  })
})
