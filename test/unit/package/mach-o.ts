import { createHash } from 'node:crypto'

/**
 * What the tests ask of a macOS program. Facts: Apple's open source, xnu: EXTERNAL_HEADERS/mach-o/loader.h for the load commands,
 * osfmk/kern/cs_blobs.h for the signature (all big-endian, unlike the rest of the file).
 */
export interface MachO {
  readonly processor: 'x86_64' | 'arm64'
  readonly segments: readonly string[]
  /** where the last segment, __LINKEDIT, ends: the kernel wants it to be the end of the file */
  readonly linkeditEnd: number
  readonly signature?: CodeSignature
}

export interface CodeSignature {
  readonly identifier: string
  /** CS_ADHOC is 0x2, CS_RUNTIME (the hardened runtime, in which V8 needs entitlements) 0x10000 */
  readonly flags: number
  readonly hash: 'sha256' | 'other'
  /** bytes of the file the hashes cover: everything before the signature */
  readonly codeLimit: number
  readonly signatureOffset: number
  readonly pages: number
  /** numbers of the pages whose hash is not the one signed */
  readonly wrongPages: readonly number[]
}

const machO64 = 0xfeedfacf
const segment64 = 0x19
const codeSignatureCommand = 0x1d
const embeddedSignature = 0xfade0cc0
const codeDirectory = 0xfade0c02
const sha256 = 2

/** Reads a 64-bit Mach-O file of one processor. Throws where it is something else. */
export function readMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== machO64) throw new Error('not a 64-bit Mach-O file')
  const segments: string[] = []
  let linkeditEnd = 0
  let signature: CodeSignature | undefined
  let offset = 32
  for (let command = 0; command < file.readUInt32LE(16); command += 1) {
    const type = file.readUInt32LE(offset)
    if (type === segment64) {
      const name = text(file, offset + 8, 16)
      segments.push(name)
      if (name === '__LINKEDIT')
        linkeditEnd = Number(file.readBigUInt64LE(offset + 40) + file.readBigUInt64LE(offset + 48))
    }
    if (type === codeSignatureCommand) signature = readSignature(file, file.readUInt32LE(offset + 8))
    offset += file.readUInt32LE(offset + 4)
  }
  const processor = file.readUInt32LE(4) === 0x0100000c ? 'arm64' : 'x86_64'
  return { processor, segments, linkeditEnd, signature }
}

function readSignature(file: Buffer, signatureOffset: number): CodeSignature {
  if (file.readUInt32BE(signatureOffset) !== embeddedSignature)
    throw new Error('LC_CODE_SIGNATURE points at no signature')
  const blobs = Array.from({ length: file.readUInt32BE(signatureOffset + 8) }, (_, index) => {
    const start = signatureOffset + file.readUInt32BE(signatureOffset + 12 + index * 8 + 4)
    return file.subarray(start, start + file.readUInt32BE(start + 4))
  })
  const directory = blobs.find((blob) => blob.readUInt32BE(0) === codeDirectory)
  if (directory === undefined) throw new Error('the signature has no code directory')
  const hashes = directory.readUInt32BE(16)
  const pages = directory.readUInt32BE(28)
  const codeLimit = directory.readUInt32BE(32)
  const hashSize = directory.readUInt8(36)
  const pageSize = 2 ** directory.readUInt8(39)
  const isWrong = (page: number): boolean => {
    const content = file.subarray(page * pageSize, Math.min((page + 1) * pageSize, codeLimit))
    const signed = directory.subarray(hashes + page * hashSize, hashes + (page + 1) * hashSize)
    return !createHash('sha256').update(content).digest().equals(signed)
  }
  return {
    identifier: text(directory, directory.readUInt32BE(20), directory.length),
    flags: directory.readUInt32BE(12),
    hash: directory.readUInt8(37) === sha256 ? 'sha256' : 'other',
    codeLimit,
    signatureOffset,
    pages,
    wrongPages: Array.from({ length: pages }, (_, page) => page).filter(isWrong),
  }
}

/** A text that ends at the first zero byte, or after `most` bytes. */
function text(buffer: Buffer, start: number, most: number): string {
  const [word = ''] = buffer.toString('latin1', start, Math.min(start + most, buffer.length)).split('\0')
  return word
}
