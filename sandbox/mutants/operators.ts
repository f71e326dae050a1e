import ts from 'typescript';
import type { Edit } from './edit.js';

export const OPERATORS = [
  'flip-comparison',
  'negate-condition',
  'swap-logic',
  'off-by-one',
  'flip-boolean',
  'drop-call',
  'drop-await',
  'return-nothing',
  'other-word',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** A place where an operator can change the code; whether the result compiles is not known yet. */
export interface Site extends Edit {
  readonly operator: Operator;
}

const COMPARISONS = new Map([['<', '<='], ['<=', '<'], ['>', '>='], ['>=', '>'], ['===', '!=='], ['!==', '===']]);
const LOGIC = new Map([['&&', '||'], ['||', '&&']]);
const SUMS = new Map([['+', '-'], ['-', '+']]);
/** Larger numbers are limits and sizes, where one more or less is meant to make no difference. */
const LARGEST_COUNT = 20;
/** What is only said, to a log or to operators, is no promise. */
const SAID = /^(await )?(log|console)\b/;

/** Every place of a file at which an operator can change something, in the order of the text. */
export function sitesIn(file: string, source: string): Site[] {
  const root = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const sites: Site[] = [];
  const words = wordsOf(root);
  visit(root);
  return sites.sort((a, b) => a.start - b.start || a.end - b.end);

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isThrowStatement(node)) return;
    for (const { operator, at = node, replacement } of changesOf(node, words)) {
      sites.push({ file, operator, start: at.getStart(root), end: at.getEnd(), replacement });
    }
    ts.forEachChild(node, visit);
  }
}

interface Change {
  readonly operator: Operator;
  /** The node itself when not given. */
  readonly at?: ts.Node;
  readonly replacement: string;
}

function changesOf(node: ts.Node, words: readonly string[]): Change[] {
  if (ts.isBinaryExpression(node)) return changesOfBinary(node);
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return [negated(node.expression)];
  if (ts.isConditionalExpression(node)) return [negated(node.condition)];
  if (ts.isNumericLiteral(node)) return changesOfNumber(node);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ operator: 'flip-boolean', replacement: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ operator: 'flip-boolean', replacement: 'true' }];
  if (ts.isExpressionStatement(node)) return changesOfStatement(node);
  if (ts.isAwaitExpression(node)) return [{ operator: 'drop-await', replacement: node.expression.getText() }];
  if (ts.isReturnStatement(node)) return changesOfReturn(node);
  if (ts.isStringLiteral(node) && isDiscriminant(node)) {
    return words.filter((word) => word !== node.text).map((word) => ({ operator: 'other-word' as const, replacement: `'${word}'` }));
  }
  return [];
}

function changesOfBinary({ operatorToken, right }: ts.BinaryExpression): Change[] {
  const sign = operatorToken.getText();
  const flipped = COMPARISONS.get(sign);
  if (flipped !== undefined) return [{ operator: 'flip-comparison', at: operatorToken, replacement: flipped }];
  const swapped = LOGIC.get(sign);
  if (swapped !== undefined) return [{ operator: 'swap-logic', at: operatorToken, replacement: swapped }];
  const other = SUMS.get(sign);
  return other !== undefined && ts.isNumericLiteral(right) ? [{ operator: 'off-by-one', at: operatorToken, replacement: other }] : [];
}

function changesOfNumber(node: ts.NumericLiteral): Change[] {
  const value = Number(node.text);
  return Number.isInteger(value) && value <= LARGEST_COUNT ? [{ operator: 'off-by-one', replacement: String(value + 1) }] : [];
}

function changesOfStatement(node: ts.ExpressionStatement): Change[] {
  const { expression } = node;
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(call) || SAID.test(expression.getText())) return [];
  return [{ operator: 'drop-call', replacement: ';' }];
}

function changesOfReturn(node: ts.ReturnStatement): Change[] {
  if (node.expression === undefined || node.expression.kind === ts.SyntaxKind.NullKeyword) return [];
  return ['null', '[]', "''", 'undefined'].map((nothing) => ({ operator: 'return-nothing', replacement: `return ${nothing};` }));
}

function negated(condition: ts.Expression): Change {
  return { operator: 'negate-condition', at: condition, replacement: `!(${condition.getText()})` };
}

/** A word that others decide by: `kind: 'held'`, `case 'held'`, `=== 'held'`. */
function isDiscriminant({ parent }: ts.StringLiteral): boolean {
  if (ts.isCaseClause(parent)) return true;
  if (ts.isPropertyAssignment(parent)) return /^(kind|status|state|code|verdict)$/.test(parent.name.getText());
  return ts.isBinaryExpression(parent) && COMPARISONS.has(parent.operatorToken.getText());
}

function wordsOf(root: ts.SourceFile): string[] {
  const words = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && isDiscriminant(node)) words.add(node.text);
    ts.forEachChild(node, collect);
  };
  collect(root);
  return [...words].filter((word) => /^[\w-]+$/.test(word)).sort();
}
