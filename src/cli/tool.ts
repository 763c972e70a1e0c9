import { spawn } from 'node:child_process'
import { promises } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Env } from '../env.ts'

/**
 * Runs a program on folders that exist only meanwhile, in the place of this one: its words, then each folder's path. Resolves with its
 * exit code; rejects with Node's error where it cannot be started.
 */
export const runTool: Env['runTool'] = async ([command = '', ...args], folders) => {
  const root = await promises.mkdtemp(path.join(tmpdir(), 'kubectl-migrate-'))
  try {
    const paths: string[] = []
    for (const [folder, files] of Object.entries(folders)) {
      paths.push(path.join(root, folder))
      await promises.mkdir(path.join(root, folder))
      for (const [name, text] of Object.entries(files)) {
        await promises.writeFile(path.join(root, folder, name), text, { mode: 0o600 })
      }
    }
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(command, [...args, ...paths], { stdio: 'inherit' })
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 1))
    })
  } finally {
    await promises.rm(root, { recursive: true, force: true })
  }
}
