// Run as a process of its own by binary.ts: pkg changes the working folder, looks for Node under the home folder, and works under the
// folder for temporary files.
import sea from '@yao-pkg/pkg/lib-es5/sea.js'

/** What one run of this file makes, as JSON in its first argument. */
export interface BakeOptions {
  /** a file name in the working folder, which is also the folder for temporary files */
  readonly bundle: string
  /** an absolute path */
  readonly output: string
  readonly nodeVersion: string
  /** pkg's word for the platform */
  readonly platform: 'linux' | 'macos' | 'win'
  readonly arch: 'x64' | 'arm64'
  readonly codeCache: boolean
}

const { bundle, output, nodeVersion, platform, arch, codeCache }: BakeOptions = JSON.parse(process.argv[2] ?? '')

// pkg's command line has no way to say this; it hands seaConfig to Node as it is (pkg 6.23, lib/sea.ts)
const seaConfig = {
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  useCodeCache: codeCache,
  // Node writes this path into the binary: an absolute one would name the folders of the machine that built it
  main: `../${bundle}`,
  // NODE_OPTIONS is meant for the user's own Node: there an unknown flag would end this program, and --require run code in it
  execArgvExtension: 'none',
}

await sea.default(bundle, {
  targets: [{ nodeRange: `node${nodeVersion}`, platform, arch, output }],
  seaConfig,
  signature: false,
})
