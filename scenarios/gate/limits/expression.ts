/**
 * Comparisons over the fields of a result: `latencyMs.lag.p99 < 60000`, `throughput.rawMBPerMin >= 0.98 * load.offeredRawMBPerMin`.
 * Invariants: a name that is no field of a result is found when the expression is read, not when it is judged; what was not measured makes
 * the comparison unknown, never true.
 */
import type { Check } from '#reports';
import { nearest } from '#streamer';
import jsep from 'jsep';
import { z } from 'zod';

export interface Comparison {
  readonly left: Amount;
  readonly op: Check['op'];
  readonly right: Amount;
}

export type Amount =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'field'; readonly path: string }
  | {
      readonly kind: 'sum';
      readonly op: '+' | '-' | '*' | '/';
      readonly left: Amount;
      readonly right: Amount;
    };

/** Says what is wrong with an expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

const comparisonSchema = z.object({
  type: z.literal('BinaryExpression'),
  operator: z.enum(['<', '<=', '==', '>=', '>']),
  left: z.unknown(),
  right: z.unknown(),
});

const amountSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Literal'), value: z.number() }),
  z.object({ type: z.literal('Identifier'), name: z.string() }),
  z.object({
    type: z.literal('MemberExpression'),
    computed: z.literal(false),
    object: z.unknown(),
    property: z.object({ type: z.literal('Identifier'), name: z.string() }),
  }),
  z.object({
    type: z.literal('BinaryExpression'),
    operator: z.enum(['+', '-', '*', '/']),
    left: z.unknown(),
    right: z.unknown(),
  }),
  z.object({ type: z.literal('UnaryExpression'), operator: z.literal('-'), argument: z.unknown() }),
]);

/** `fields`: every path that a result can have. */
export function parseComparison(text: string, fields: ReadonlySet<string>): Comparison {
  const parsed = comparisonSchema.safeParse(parseTree(text));
  if (!parsed.success) {
    throw new ExpressionError(`"${text}" is no comparison of two amounts with <, <=, ==, >= or >.`);
  }
  const { left, operator, right } = parsed.data;
  return { left: amountOf(left, text, fields), op: operator, right: amountOf(right, text, fields) };
}

function parseTree(text: string): unknown {
  try {
    return jsep(text);
  } catch (error) {
    throw new ExpressionError(`"${text}" cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function amountOf(tree: unknown, text: string, fields: ReadonlySet<string>): Amount {
  const parsed = amountSchema.safeParse(tree);
  if (!parsed.success) throw new ExpressionError(`"${text}": only numbers, fields, + - * / and ( ) make an amount.`);
  const node = parsed.data;
  switch (node.type) {
    case 'Literal':
      return { kind: 'number', value: node.value };
    case 'Identifier':
    case 'MemberExpression':
      return { kind: 'field', path: knownField(pathOf(node, text), text, fields) };
    case 'UnaryExpression':
      return {
        kind: 'sum',
        op: '-',
        left: { kind: 'number', value: 0 },
        right: amountOf(node.argument, text, fields),
      };
    case 'BinaryExpression':
      return {
        kind: 'sum',
        op: node.operator,
        left: amountOf(node.left, text, fields),
        right: amountOf(node.right, text, fields),
      };
  }
}

function pathOf(tree: unknown, text: string): string {
  const node = amountSchema.safeParse(tree).data;
  if (node?.type === 'Identifier') return node.name;
  if (node?.type === 'MemberExpression') return `${pathOf(node.object, text)}.${node.property.name}`;
  throw new ExpressionError(`"${text}": a field is names with dots between them.`);
}

function knownField(path: string, text: string, fields: ReadonlySet<string>): string {
  if (fields.has(path)) return path;
  const suggestion = nearest(path, [...fields]);
  const meant = suggestion === null ? '' : ` Did you mean ${suggestion}?`;
  throw new ExpressionError(`"${text}": a result has no field ${path}.${meant}`);
}

/** Null where a field in it was not measured, or it divides by 0. */
export function valueOf(amount: Amount, read: (path: string) => number | null): number | null {
  if (amount.kind === 'number') return amount.value;
  if (amount.kind === 'field') return read(amount.path);
  const left = valueOf(amount.left, read);
  const right = valueOf(amount.right, read);
  if (left === null || right === null) return null;
  const value = calculate(left, amount.op, right);
  return Number.isFinite(value) ? value : null;
}

function calculate(left: number, op: '+' | '-' | '*' | '/', right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

/** The fields that an amount is made of. */
export function fieldsOf(amount: Amount): string[] {
  if (amount.kind === 'number') return [];
  return amount.kind === 'field' ? [amount.path] : [...fieldsOf(amount.left), ...fieldsOf(amount.right)];
}
