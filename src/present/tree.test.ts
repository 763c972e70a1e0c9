import { describe, expect, it } from 'vitest'
import { renderTree } from './tree.ts'

const tree = [
  { text: 'Master 1/1', children: [{ text: 'bert-master-0' }] },
  { text: 'Worker 2/2', children: [{ text: 'bert-worker-0' }, { text: 'bert-worker-1' }] },
]

describe('a tree', () => {
  it('has branches', () => {
    expect(renderTree(tree, { unicode: true })).toEqual([
      '├─ Master 1/1',
      '│  └─ bert-master-0',
      '└─ Worker 2/2',
      '   ├─ bert-worker-0',
      '   └─ bert-worker-1',
    ])
  })

  it('has ASCII ones where the terminal knows no others', () => {
    expect(renderTree(tree, { unicode: false })).toEqual([
      '|- Master 1/1',
      '|  `- bert-master-0',
      '`- Worker 2/2',
      '   |- bert-worker-0',
      '   `- bert-worker-1',
    ])
  })
})
