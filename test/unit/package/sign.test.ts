import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findSigner } from '../../../scripts/package/sign.ts'
import { fakeProgram } from './fake-program.ts'

const rcodesign = 'eval "file=\\${$#}"; echo "$1 $2 $3" > "$file"'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sign-test-'))
  vi.stubEnv('PATH', join(folder, 'bin'))
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

async function signOnce(announce: (sentence: string) => void): Promise<{ name: string; written: string }> {
  const signer = await findSigner(announce)
  if (signer === undefined) throw new Error('no signer found')
  const program = join(folder, 'program')
  writeFileSync(program, '')
  await signer.sign(program)
  return { name: signer.name, written: readFileSync(program, 'utf8') }
}

describe.skipIf(process.platform === 'win32')('finding what can sign for macOS', () => {
  it('takes rcodesign from PATH, and signs without a key', async () => {
    fakeProgram(join(folder, 'bin'), 'rcodesign', rcodesign)
    const announced: string[] = []
    const { name, written } = await signOnce((sentence) => announced.push(sentence))
    expect({ name, written, announced }).toEqual({
      name: 'rcodesign',
      written: 'sign --binary-identifier kubectl-migrate\n',
      announced: [],
    })
  })

  it('builds rcodesign with cargo where it is missing, says so, and keeps it', async () => {
    const cargo = [
      'for argument; do root=$argument; done',
      '/bin/mkdir -p "$root/bin"',
      `printf '%s\\n' '#!/bin/sh' '${rcodesign}' > "$root/bin/rcodesign"`,
      '/bin/chmod +x "$root/bin/rcodesign"',
      `echo "$@" >> '${join(folder, 'calls')}'`,
    ]
    fakeProgram(join(folder, 'bin'), 'cargo', cargo.join('\n'))
    const announced: string[] = []
    const announce = (sentence: string): unknown => announced.push(sentence)
    expect((await signOnce(announce)).name).toBe('rcodesign')
    expect((await signOnce(announce)).name).toBe('rcodesign')
    const root = join(folder, 'cache', 'kubectl-migrate', 'package', 'rcodesign-0.29.0')
    expect(announced).toEqual([
      `building rcodesign 0.29.0 with cargo to sign for macOS: about 5 minutes, once (kept in ${root})`,
    ])
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe(
      `install apple-codesign --version 0.29.0 --locked --no-default-features --quiet --root ${root}\n`,
    )
  })

  it('finds nothing where there is neither', async () => {
    expect(await findSigner(() => undefined)).toBeUndefined()
  })
})
