import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import type { Files } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { describeError } from '../present/errors.ts'
import { Problem } from '../problem.ts'
import { readManifests } from './manifests.ts'

interface Given {
  readonly files?: Readonly<Record<string, string>>
  readonly input?: string
  readonly recursive?: boolean
  /** stands in the way of the fake's own files */
  readonly change?: Partial<Files>
}

/** `jobs/a.yaml: 1 A, 5 B` for each file that can be read, the words of its problem for each that cannot. */
async function read(paths: readonly string[], { files, input, recursive = false, change }: Given): Promise<string[]> {
  const { env } = fakeEnv({ files, input })
  const screens: string[] = []
  for await (const file of readManifests({ ...env.files, ...change }, env.in, { paths, recursive })) {
    if (file.problem) {
      const { lines, exit } = describeError(file.problem, 'kubectl migrate')
      expect(exit).toBe(exitCode.usage)
      screens.push(lines.join('\n'))
    } else {
      const documents = [...file.documents].map(
        ({ line, object, problem }) => `${line} ${object?.['kind'] ?? problem?.data.code}`,
      )
      screens.push(`${file.source}: ${documents.join(', ')}`)
    }
  }
  return screens
}

const files = {
  'jobs/b.yaml': 'kind: B\n---\nkind: BB\n',
  'jobs/a.yml': 'kind: A\n',
  'jobs/c.json': '{"kind":"C"}',
  'jobs/README.md': 'kind: no\n',
  'jobs/more/d.yaml': 'kind: D\n',
  'jobs/more/deep/e.yaml': 'kind: E\n',
  'other/x.txt': 'kind: X\n',
  'empty.yaml': ' \n\n',
  'comments.yaml': '# nothing\n---\n# here\n',
  'broken.yaml': 'kind: [\n---\nkind: Z\n',
}

describe('manifests are read from', () => {
  const readable: [string, string[], Given, string[]][] = [
    ['a file, whatever its name', ['other/x.txt'], { files }, ['other/x.txt: 1 X']],
    [
      'a folder: its .yaml, .yml and .json files, sorted',
      ['jobs'],
      { files },
      ['jobs/a.yml: 1 A', 'jobs/b.yaml: 1 B, 3 BB', 'jobs/c.json: 1 C'],
    ],
    [
      'the folders in it too, with -R',
      ['jobs'],
      { files, recursive: true },
      [
        'jobs/a.yml: 1 A',
        'jobs/b.yaml: 1 B, 3 BB',
        'jobs/c.json: 1 C',
        'jobs/more/d.yaml: 1 D',
        'jobs/more/deep/e.yaml: 1 E',
      ],
    ],
    ['standard input', ['-'], { input: '{"kind":"I"}{"kind":"J"}' }, ['standard input: 1 I, 1 J']],
    [
      'several, in the order given',
      ['jobs/c.json', '-', 'jobs/a.yml'],
      { files, input: 'kind: I' },
      ['jobs/c.json: 1 C', 'standard input: 1 I', 'jobs/a.yml: 1 A'],
    ],
    ['a file whose first document is broken', ['broken.yaml'], { files }, ['broken.yaml: 1 invalid-yaml, 3 Z']],
  ]
  for (const [what, paths, given, expected] of readable) {
    it(what, async () => {
      expect(await read(paths, given)).toEqual(expected)
    })
  }
})

describe('what cannot be read is one problem, with exit code 2', () => {
  const unreadable: [string, string[], Given, string[]][] = [
    ['a missing file', ['no.yaml'], { files }, ['error: there is no file or folder no.yaml']],
    [
      'a pattern',
      ['jobs/*.yaml'],
      { files },
      [
        'error: there is no file or folder jobs/*.yaml\n       patterns are expanded by the shell: leave out the quotes',
      ],
    ],
    ['an empty file', ['empty.yaml'], { files }, ['error: empty.yaml is empty']],
    ['a file of comments', ['comments.yaml'], { files }, ['error: comments.yaml holds no object']],
    ['empty input', ['-'], { input: '' }, ['error: standard input is empty']],
    ['an empty list', ['-'], { input: '{"kind":"List","items":[]}' }, ['error: standard input holds no object']],
    [
      'input read twice',
      ['-', '-'],
      { input: 'kind: I' },
      ['standard input: 1 I', 'error: standard input (-f -) can be read once only'],
    ],
    ['a folder without manifests', ['other'], { files }, ['error: other holds no .yaml, .yml or .json file']],
    [
      'a folder with manifests further down only',
      ['jobs/more'],
      { files: { 'jobs/more/deep/e.yaml': 'kind: E' } },
      ['error: jobs/more holds no .yaml, .yml or .json file\n       it holds folders: -R reads them too'],
    ],
    [
      'a URL',
      ['https://example.com/job.yaml'],
      {},
      [
        'error: https://example.com/job.yaml is a URL: files are read from this machine only\n       curl -fsSL https://example.com/job.yaml | kubectl migrate convert -f -',
      ],
    ],
    [
      'a URL that a shell would take apart',
      ['http://x/a?b=$(c)'],
      {},
      ['error: http://x/a?b=$(c) is a URL: files are read from this machine only'],
    ],
    [
      'a place in a bucket',
      ['s3://b/job.yaml'],
      {},
      ['error: s3://b/job.yaml is a URL: files are read from this machine only'],
    ],
  ]
  for (const [what, paths, given, expected] of unreadable) {
    it(what, async () => {
      expect(await read(paths, given)).toEqual(expected)
    })
  }

  it('a file nobody may read, and the others are read', async () => {
    const { env } = fakeEnv({ files })
    const denied = new Problem({
      code: 'cannot-read',
      what: 'cannot read jobs/b.yaml: permission denied',
      exit: exitCode.usage,
    })
    const change: Partial<Files> = {
      read: async (path) => {
        if (path === 'jobs/b.yaml') throw denied
        return await env.files.read(path)
      },
    }
    expect(await read(['jobs', 'no.yaml', 'other/x.txt'], { files, change })).toEqual([
      'jobs/a.yml: 1 A',
      'error: cannot read jobs/b.yaml: permission denied',
      'jobs/c.json: 1 C',
      'error: there is no file or folder no.yaml',
      'other/x.txt: 1 X',
    ])
  })

  it('a folder nobody may list, and the others are read', async () => {
    const { env } = fakeEnv({ files })
    const change: Partial<Files> = {
      entries: async (folder) => {
        if (folder !== 'jobs/more') return await env.files.entries(folder)
        throw new Problem({
          code: 'cannot-read',
          what: 'cannot read jobs/more: permission denied',
          exit: exitCode.usage,
        })
      },
    }
    expect(await read(['jobs'], { files, change, recursive: true })).toEqual([
      'error: cannot read jobs/more: permission denied',
      'jobs/a.yml: 1 A',
      'jobs/b.yaml: 1 B, 3 BB',
      'jobs/c.json: 1 C',
    ])
  })

  it('a folder that leads back to itself', async () => {
    const change: Partial<Files> = {
      stat: async () => ({ directory: true, size: 0 }),
      entries: async (folder) => [{ path: `${folder}/up`, directory: true }],
    }
    const [screen, ...others] = await read(['up'], { change, recursive: true })
    expect(others).toEqual([])
    expect(screen).toMatch(/^error: up(\/up){31} lies more than 30 folders deep: does a link lead back up\?$/)
  })

  it('what is no Problem is a bug, and not hidden', async () => {
    const change: Partial<Files> = {
      stat: async () => {
        throw new TypeError('a bug')
      },
    }
    await expect(read(['x'], { change })).rejects.toThrow('a bug')
  })
})
