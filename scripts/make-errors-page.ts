/** Writes docs/errors.md from the places in src that raise errors: `npx tsx scripts/make-errors-page.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { MEANINGS, REMEDIES } from './error-texts.js'
import { paragraph } from './paragraph.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/
/** Exit codes of the classes of errors. */
const EXITS: Record<string, string> = {
  StatementError: '1',
  BackingShortError: '1',
  SolvencyShortError: '1',
  ProofError: '1',
  InputError: '2',
  ArtifactError: '3',
}
/** Names of parameters and fields that hold what an error says. */
const MESSAGE = ['message', 'reason', 'why', 'what']

/** Codes of findings of `ledger check` that no other command ends with. */
const FINDINGS = ['EQUITY_BELOW_ZERO', 'SCENARIO_SHORTFALL']

const GROUPS: { title: string; advice: string; codes: RegExp }[] = [
  {
    title: 'Command line and files',
    advice: 'Correct the option or the file at the place that the message names.',
    codes: /^(USAGE|UNEXPECTED|PACKAGE_|CONFIG_|FILE_|JSON_|LOCK_|DECIMAL_|FIELD_|DEMO_)/,
  },
  {
    title: 'Workers and queues',
    advice:
      'Correct what the message names and run the same command again: what is proven is kept. [Many machines](scale.md) says how workers are set up.',
    codes: /^(QUEUE_|WORKER|JOB_|ARTIFACTS_)/,
  },
  {
    title: 'Accounts and ledgers',
    advice:
      'Correct the line of the accounts file that the message names, and run `plimsoll ledger check`, which lists everything at once and exits with 1 for any finding.',
    codes: /^(LEDGER_|SLOT_|PLAN_|DEBT_|COLLATERAL_|EQUITY_|SCENARIO_SHORTFALL)/,
  },
  {
    title: 'Risk tables, tiers, order books, scenarios and price histories',
    advice: 'Correct the field or the line that the message names.',
    codes:
      /^(RISK_|ACCRUE_|TIERS_|DEPTH_|STRESS_|REQUIREMENT_|SCENARIO_(?!SHORTFALL)|HISTORY_|CALIBRATE_|DETECTOR_|REPLAY_|PROPOSAL_)/,
  },
  {
    title: 'Margin rules, portfolios and margin proofs',
    advice:
      'Correct the field that the message names; [margin proofs](margin.md) says how rule and table have to agree.',
    codes: /^(RULE_|MARGIN_|PARAMS_|PORTFOLIO_|OWNER_|ACCOUNT_|NO_ACCOUNT)/,
  },
  {
    title: 'Liquidations',
    advice:
      'Correct what the message names; [liquidations](liquidation.md) says what may be done to an account.',
    codes: /^LIQUIDATION_/,
  },
  {
    title: 'Settlement',
    advice: 'Correct what the message names; [settlement](settlement.md) says what has to add up to what.',
    codes: /^(SETTLEMENT_|ACTIVITY_|EXTERNAL_|WEIGH_)/,
  },
  {
    title: 'Reserves, policies and solvency',
    advice: 'Correct the field that the message names; [files](files.md) describes both.',
    codes: /^(RESERVES_|BACKING_|COLLECT_|CHALLENGE|EVIDENCE_|POLICY_|SOLVENCY_)/,
  },
  {
    title: 'Epochs and inclusion',
    advice: 'Take the epoch as the venue published it, or go on with the command that the message names.',
    codes:
      /^(EPOCH_|PAGE_|DISCLOS|INCLUSION_|PROOF_FILE|NO_VERDICT|ARCHIVE_|SOURCE_|SIGNING_KEY|CHANNELS_|UNSEAL)/,
  },
  {
    title: 'Keys, circuits and proving',
    advice:
      'Nothing that such an artifact says can be relied on. Take pins and keys from whoever you trust, or delete the folder that the message names and run `plimsoll setup`.',
    codes:
      /^(KEY_|PINS_|ARTIFACT_|CACHE_|CIRCUIT_|COMPILE_|INSTANCE|SNAPSHOT_|WITNESS_|PROOF_SHAPE|PROVER_|NO_RANDOMNESS)/,
  },
  {
    title: 'Watching',
    advice:
      'A watch goes on with what it read before. Correct the address or the feed that the message names.',
    codes: /^(WATCH_|ALERT_|ACT_)/,
  },
  {
    title: 'Ceremonies',
    advice:
      'No key of such a ceremony may be used. Ask the coordinator for the folder again, and compare `ceremony.json` with what was published; [ceremonies](ceremony.md) says what each file is for.',
    codes: /^(CEREMONY_|TRANSCRIPT_|POWERS_|ATTESTATION_|BEACON_|CONTRIBUTOR)/,
  },
  {
    title: 'Incidents',
    advice: 'A log that does not verify stays as it is: keep it, and go on in a new one.',
    codes: /^INCIDENT_/,
  },
  {
    title: 'Chains and contracts',
    advice:
      'Check the URL, the chain and the addresses. What was sent may be in a block: look before sending again.',
    codes:
      /^(BREAKER_|REGISTER_|CHAIN_|RPC_|NODE_CONTRADICTS|LOCAL_CHAIN|DEPLOY|GOVERNANCE|EPOCHS_|GATE_|TRANSACTION_|SENDER_|GAS_|PUBLISH_|VERIFIER_|WRONG_VERIFIER|NOT_THE_|REGISTRY_|SOLIDITY_|CONTRACT_|CALL_|ADDRESS|PRIVATE_KEY)/,
  },
]

const HEAD = `# Errors

<!-- Made by scripts/make-errors-page.ts from the places in src that raise errors: do not edit. -->

Every error has a stable code. On the command line it stands before the message, with \`--json\` in
\`error.code\`; in the library it is the \`code\` of a \`PlimsollError\`. A message says what is wrong and where:
file, line, field. An ellipsis stands for a name or a number. No message holds a balance, a salt or an
identifier.

| exit code | meaning | class |
|---|---|---|
| 1 | a proof that does not verify, or books that do not hold | \`ProofError\`, \`StatementError\` |
| 2 | bad input or usage | \`InputError\` |
| 3 | a broken or unpinned artifact | \`ArtifactError\` |`

interface Raised {
  code: string
  messages: string[]
  hints: string[]
  exits: string[]
}

/**
 * Every code with all that is said under it, from the syntax of the sources and the types of what they call.
 */
function raisedIn(sources: readonly string[], checker: ts.TypeChecker, program: ts.Program): Raised[] {
  const found = new Map<string, Raised>()
  const note = (codes: readonly string[], messages: string[], hints: string[], exit: string | undefined) => {
    for (const code of codes) {
      if (!CODE.test(code)) continue
      const entry = found.get(code) ?? { code, messages: [], hints: [], exits: [] }
      found.set(code, entry)
      for (const [list, more] of [
        [entry.messages, messages],
        [entry.hints, hints],
        [entry.exits, exit === undefined ? [] : [exit]],
      ] as const) {
        for (const text of more) if (text !== '' && !list.includes(text)) list.push(text)
      }
    }
  }

  /** The texts that an expression can have; what is only known at run time is an ellipsis. */
  const textsOf = (node: ts.Expression | undefined): string[] => {
    if (node === undefined) return []
    if (ts.isStringLiteralLike(node)) return [node.text]
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
      return textsOf(node.expression)
    if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)]
    if (ts.isBinaryExpression(node)) {
      const kind = node.operatorToken.kind
      const [left, right] = [textsOf(node.left), textsOf(node.right)]
      if (kind === ts.SyntaxKind.QuestionQuestionToken) return [...left, ...right]
      if (kind === ts.SyntaxKind.PlusToken) return pairs(left, right)
    }
    if (ts.isTemplateExpression(node)) {
      let texts = [node.head.text]
      for (const { expression, literal } of node.templateSpans) {
        const type = checker.getTypeAtLocation(expression)
        const literals = (type.isUnion() ? type.types : [type]).map((t) =>
          t.isStringLiteral() ? t.value : '…',
        )
        texts = pairs(texts, literals.includes('…') || literals.length > 6 ? ['…'] : literals)
        texts = texts.map((text) => text + literal.text)
      }
      return texts
    }
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node)
      const imported = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      const declaration = (imported ? checker.getAliasedSymbol(symbol) : symbol)?.valueDeclaration
      if (declaration !== undefined && ts.isVariableDeclaration(declaration))
        return textsOf(declaration.initializer)
    }
    return []
  }
  const pairs = (left: string[], right: string[]): string[] =>
    (left.length ? left : ['…']).flatMap((a) => (right.length ? right : ['…']).map((b) => a + b))

  const property = (node: ts.Expression | undefined, name: string): ts.Expression | undefined => {
    if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined
    for (const member of node.properties) {
      if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer
      if (ts.isShorthandPropertyAssignment(member) && member.name.text === name) return member.name
      if (ts.isSpreadAssignment(member) && name === 'hint') {
        const inside = hintIn(member.expression)
        if (inside !== undefined) return inside
      }
    }
    return undefined
  }
  const hintIn = (node: ts.Expression): ts.Expression | undefined => {
    if (ts.isParenthesizedExpression(node)) return hintIn(node.expression)
    if (ts.isConditionalExpression(node)) return hintIn(node.whenTrue) ?? hintIn(node.whenFalse)
    return property(node, 'hint')
  }

  /** The exit code of what a function raises or hands back. */
  const exitOf = (declaration: ts.Node | undefined, depth = 0): string | undefined => {
    let exit: string | undefined
    const look = (node: ts.Node): void => {
      if (exit !== undefined) return
      if (ts.isNewExpression(node)) exit = EXITS[node.expression.getText()]
      else if (ts.isCallExpression(node) && depth < 3) {
        const called = checker.getResolvedSignature(node)
        const named = called?.parameters.some(({ name }) => name === 'code')
        if (named) exit = exitOf(called?.declaration, depth + 1)
      }
      ts.forEachChild(node, look)
    }
    if (declaration !== undefined) look(declaration)
    return exit
  }

  const classAround = (node: ts.Node): string =>
    ts.isClassDeclaration(node) ? (node.name?.text ?? '') : node.parent ? classAround(node.parent) : ''

  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const signature = checker.getResolvedSignature(node)
      const names = signature?.parameters.map(({ name }) => name) ?? []
      const at = names.indexOf('code')
      if (at >= 0) {
        const args = node.arguments ?? []
        const options = args.find((arg) => property(arg, 'hint') !== undefined)
        const exit = ts.isNewExpression(node)
          ? EXITS[node.expression.getText()]
          : node.expression.kind === ts.SyntaxKind.SuperKeyword
            ? EXITS[classAround(node)]
            : exitOf(signature?.declaration ?? undefined)
        note(
          codesOf(args[at]),
          textsOf(args[names.findIndex((name) => MESSAGE.includes(name))]),
          [...textsOf(args[names.indexOf('hint')]), ...textsOf(property(options, 'hint'))],
          exit,
        )
      }
    } else if (ts.isObjectLiteralExpression(node)) {
      const code = property(node, 'code')
      const said = MESSAGE.map((name) => property(node, name)).find((text) => text !== undefined)
      if (code !== undefined && said !== undefined) {
        note(codesOf(code), textsOf(said), textsOf(property(node, 'hint')), undefined)
      }
    }
    ts.forEachChild(node, visit)
  }
  const codesOf = (node: ts.Expression | undefined): string[] => {
    if (node === undefined) return []
    const literal = textsOf(node)
    if (literal.length > 0 && literal.every((text) => CODE.test(text))) return literal
    const type = checker.getTypeAtLocation(node)
    return (type.isUnion() ? type.types : [type]).flatMap((t) => (t.isStringLiteral() ? [t.value] : []))
  }
  for (const source of sources) visit(program.getSourceFile(source)!)
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** The page as it has to be. */
export function errorsPage(): string {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), (path) => readFileSync(path, 'utf8'))
  const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT)
  // What a page raises by itself stands in one file, and needs the types of a browser.
  const sources = [...fileNames, join(ROOT, 'src/web/inclusion/check.ts')]
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']
  const program = ts.createProgram(sources, { ...options, lib })
  const raised = raisedIn(sources, program.getTypeChecker(), program)
  assertSame(
    'MEANINGS',
    MEANINGS,
    raised.filter(({ messages }) => !messages.some(speaks)),
  )
  assertSame(
    'REMEDIES',
    REMEDIES,
    raised.filter(({ hints }) => hints.length === 0),
  )
  const placed = GROUPS.flatMap(({ codes }) => raised.filter(({ code }) => codes.test(code)))
  const lost = raised.filter((entry) => placed.filter((other) => other === entry).length !== 1)
  if (lost.length > 0) throw new Error(`put each into one of GROUPS: ${lost.map(({ code }) => code)}`)
  const sections = GROUPS.map(({ title, advice, codes }) => {
    const rows = raised.filter(({ code }) => codes.test(code)).map((entry) => row(entry))
    return [
      `## ${title}`,
      '',
      paragraph(advice),
      '',
      '| code | exit | says | what to do |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  return `${[HEAD, ...sections].join('\n\n')}\n`
}

function row({ code, exits, messages, hints }: Raised): string {
  const says = MEANINGS[code] === undefined ? messages.filter(speaks) : [MEANINGS[code]]
  const remedy = REMEDIES[code] === undefined ? hints : [REMEDIES[code]]
  const exit = exits.sort().join(', ') || (FINDINGS.includes(code) ? '1' : '2')
  return `| \`${code}\` | ${exit} | ${lines(says)} | ${lines(remedy)} |`
}

/** Whether a text says anything besides what is only known at run time. */
function speaks(text: string): boolean {
  return text.replace(/[^\p{L}]/gu, '').length > 6
}

/** A table of `error-texts.ts` has an entry for each code that needs one, and no other. */
function assertSame(name: string, table: Record<string, string>, needed: readonly Raised[]): void {
  const codes = needed.map(({ code }) => code)
  const written = Object.keys(table)
  const missing = codes.filter((code) => !written.includes(code))
  const idle = written.filter((code) => !codes.includes(code))
  if (missing.length + idle.length > 0)
    throw new Error(`scripts/error-texts.ts, ${name}: missing ${missing}; not needed ${idle}`)
}

function lines(texts: readonly string[]): string {
  const shown = texts.map((text) =>
    text
      .replace(/…(?:[^\p{L}\p{N}]*…)+/gu, '…')
      .replaceAll('|', '\\|')
      .replaceAll('<', '&lt;'),
  )
  return [...new Set(shown)].join('<br>')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(ROOT, 'docs/errors.md'), errorsPage())
}
