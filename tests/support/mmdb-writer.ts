/** Writes small tables in MaxMind's file format (mmdb 2.0): IPv4 networks to maps of texts and whole numbers. */

type Entry = Readonly<Record<string, string | number>>;
type Node = [Child, Child];
type Child = Node | { readonly entry: Entry } | null;

const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');
const SEPARATOR = Buffer.alloc(16);
const TYPE_TEXT = 2;
const TYPE_UINT32 = 6;
const TYPE_MAP = 7;

/** @param networks keyed by CIDR, such as `92.46.0.0/15`; none may lie in another. */
export function mmdbOf(networks: Readonly<Record<string, Entry>>): Buffer {
  const root: Node = [null, null];
  for (const [cidr, entry] of Object.entries(networks)) insert(root, cidr, entry);
  const nodes = listed(root);
  const data: Buffer[] = [];
  const offsets = new Map<Entry, number>();
  for (const entry of Object.values(networks)) {
    offsets.set(entry, Buffer.concat(data).length);
    data.push(mapOf(entry));
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, node] of nodes.entries()) {
    for (const [side, child] of node.entries()) {
      tree.writeUIntBE(recordOf(child, nodes, offsets), index * 6 + side * 3, 3);
    }
  }
  const metadata = mapOf({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: 'Test-ASN',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
  });
  return Buffer.concat([tree, SEPARATOR, ...data, MARKER, metadata]);
}

function insert(root: Node, cidr: string, entry: Entry): void {
  const [address = '', length = ''] = cidr.split('/');
  const bits = address
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, Number(length));
  let node = root;
  for (let index = 0; index < bits.length; index += 1) {
    const side = bits[index] === '1' ? 1 : 0;
    if (index === bits.length - 1) {
      node[side] = { entry };
      return;
    }
    const below = node[side];
    const next: Node = Array.isArray(below) ? below : [null, null];
    node[side] = next;
    node = next;
  }
}

function listed(root: Node): Node[] {
  const nodes: Node[] = [];
  const waiting: Node[] = [root];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    nodes.push(node);
    for (const child of node) if (Array.isArray(child)) waiting.push(child);
  }
  return nodes;
}

function recordOf(child: Child, nodes: readonly Node[], offsets: ReadonlyMap<Entry, number>): number {
  if (child === null) return nodes.length;
  if (Array.isArray(child)) return nodes.indexOf(child);
  return nodes.length + SEPARATOR.length + (offsets.get(child.entry) ?? 0);
}

function mapOf(entry: Entry): Buffer {
  const fields = Object.entries(entry).flatMap(([key, value]) => [textOf(key), valueOf(value)]);
  return Buffer.concat([control(TYPE_MAP, Object.keys(entry).length), ...fields]);
}

function valueOf(value: string | number): Buffer {
  if (typeof value === 'string') return textOf(value);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return Buffer.concat([control(TYPE_UINT32, bytes.length), bytes]);
}

function textOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([control(TYPE_TEXT, bytes.length), bytes]);
}

/** Type in the upper three bits, size in the lower five: sizes below 29 need no more. */
function control(type: number, size: number): Buffer {
  if (size >= 29) throw new RangeError('the writer knows short values only');
  return Buffer.from([(type << 5) | size]);
}
