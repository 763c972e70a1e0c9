import type { Style } from './style.ts'

export interface TreeNode {
  /** finished text of its line */
  readonly text: string
  readonly children?: readonly TreeNode[]
}

/** Branches under a line that stands above them; the lines of the tree, without that one. */
export function renderTree(nodes: readonly TreeNode[], style: Pick<Style, 'unicode'>, prefix = ''): string[] {
  const [branch, corner, trunk] = style.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  ']
  return nodes.flatMap(({ text, children = [] }, at) => {
    const isLast = at === nodes.length - 1
    return [
      `${prefix}${isLast ? corner : branch}${text}`,
      ...renderTree(children, style, `${prefix}${isLast ? '   ' : trunk}`),
    ]
  })
}
