/**
 * A priority queue whose members may leave at any time without telling it: who has left is passed over when it comes to the front, and swept out when
 * those who have left outnumber the rest.
 * Invariant: the queue does not grow beyond twice its members (or a few dozen), and a call costs O(log n) on average.
 */
import TinyQueue from 'tinyqueue';

/** Below this it is not worth sweeping. */
const LENGTH_MIN = 64;

export class LeavingQueue<Member> {
  readonly #compare: (left: Member, right: Member) => number;
  readonly #isHere: (member: Member) => boolean;
  #queue: TinyQueue<Member>;
  /** Sweep beyond this length. */
  #lengthMax = LENGTH_MIN;

  constructor(compare: (left: Member, right: Member) => number, isHere: (member: Member) => boolean) {
    this.#compare = compare;
    this.#isHere = isHere;
    this.#queue = new TinyQueue<Member>([], compare);
  }

  /** With those who have left and were not noticed. */
  get length(): number {
    return this.#queue.length;
  }

  push(member: Member): void {
    this.#queue.push(member);
    if (this.#queue.length > this.#lengthMax) this.#sweep();
  }

  /** The first of those who are here. */
  peek(): Member | undefined {
    for (;;) {
      const first = this.#queue.peek();
      if (first === undefined || this.#isHere(first)) return first;
      this.#queue.pop();
    }
  }

  pop(): Member | undefined {
    const first = this.peek();
    if (first !== undefined) this.#queue.pop();
    return first;
  }

  #sweep(): void {
    this.#queue = new TinyQueue(this.#queue.data.filter(this.#isHere), this.#compare);
    this.#lengthMax = Math.max(LENGTH_MIN, this.#queue.length * 2);
  }
}
