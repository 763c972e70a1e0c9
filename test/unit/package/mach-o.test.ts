import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readMachO } from './mach-o.ts'

/** A program of two instructions, signed ad hoc by rcodesign 0.29.0. */
const signed = gunzipSync(readFileSync(join(import.meta.dirname, 'testdata', 'signed-mach-o.gz')))

describe('the reader of macOS signatures', () => {
  it('reads the ad-hoc signature of a program', () => {
    expect(readMachO(signed)).toEqual({
      processor: 'arm64',
      segments: ['__PAGEZERO', '__TEXT', '__LINKEDIT'],
      linkeditEnd: signed.length,
      signature: {
        identifier: 'kubectl-migrate',
        flags: 0x2,
        hash: 'sha256',
        codeLimit: 16_400,
        signatureOffset: 16_400,
        pages: 5,
        wrongPages: [],
      },
    })
  })

  it('finds the page that was changed after signing', () => {
    const changed = Buffer.from(signed)
    changed.writeUInt8(0xff, 2 * 4096 + 17)
    expect(readMachO(changed).signature?.wrongPages).toEqual([2])
  })

  it('finds no signature where the load command is gone', () => {
    const unsigned = Buffer.from(signed)
    unsigned.writeUInt32LE(unsigned.readUInt32LE(16) - 1, 16)
    expect(readMachO(unsigned).signature).toBeUndefined()
  })

  it('refuses what is no Mach-O file', () => {
    expect(() => readMachO(Buffer.from('#!/bin/sh\nexit 0\n'))).toThrow('not a 64-bit Mach-O file')
  })
})
