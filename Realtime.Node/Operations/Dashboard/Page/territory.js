// Where the cells of the map lie. Pure arithmetic, so that the drawing only has to ask.

export const GAP = 16;
export const HEAD = 24;
const LARGEST = 32;
const SMALLEST = 1;

/** Room for shards to come, so that a move does not lay out everything anew. */
const SPARE = 1.06;

/**
 * A block for each node, all with the same room, as large as the area allows.
 * `{ pitch, inner, blocks: [{ x, y, width, height, slots }] }`: the cell of slot s is at (s % inner, s / inner) of its block.
 */
export function byOwner(counts, width, height) {
  const n = Math.max(1, counts.length);
  const need = Math.ceil(Math.max(1, ...counts) * SPARE);
  let best = null;
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const wide = (width - (columns - 1) * GAP) / columns;
    const high = (height - (rows - 1) * (GAP - 6)) / rows - HEAD;
    if (wide < 48 && columns > 1) break;
    const pitch = largest(wide, high, need);
    // Between equals, the blocks nearest to a square: a territory is taken in at a glance, a ribbon is not.
    const shape = Math.abs(Math.log(wide / high));
    if (best === null || pitch > best.pitch + 0.01 || (pitch > best.pitch - 0.01 && shape < best.shape)) best = { pitch, columns, wide, high, shape };
  }
  const { pitch, columns, wide, high } = best;
  const inner = Math.max(1, Math.floor(wide / pitch));
  // A little more, when there is room: the last rows of a block may stay empty.
  const slots = inner * Math.max(1, Math.floor(high / pitch));
  const blocks = counts.map((_, i) => ({
    x: (i % columns) * (wide + GAP),
    y: Math.floor(i / columns) * (high + HEAD + GAP - 6) + HEAD,
    width: wide,
    height: high,
    slots: Math.max(slots, need),
  }));
  return { pitch, inner, blocks };
}

/** One block with all shards in the order of their numbers. */
export function byNumber(total, width, height) {
  const pitch = largest(width, height, total);
  const inner = Math.max(1, Math.floor(width / pitch));
  return { pitch, inner, blocks: [{ x: 0, y: 0, width, height, slots: Math.max(total, inner * Math.floor(height / pitch)) }] };
}

function largest(width, height, need) {
  for (let pitch = LARGEST; pitch > SMALLEST; pitch -= pitch > 4 ? 0.5 : 0.25) {
    if (Math.floor(width / pitch) * Math.floor(height / pitch) >= need) return pitch;
  }
  return Math.max(0.5, Math.sqrt((width * height) / need) * 0.98);
}

/** The slot at a point of the area, as `{ block, slot }`; null between cells and blocks. */
export function slotAt({ pitch, inner, blocks }, x, y) {
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const column = Math.floor((x - block.x) / pitch);
    const row = Math.floor((y - block.y) / pitch);
    if (column < 0 || row < 0 || column >= inner) continue;
    const slot = row * inner + column;
    if (slot < block.slots && y < block.y + Math.ceil(block.slots / inner) * pitch) return { block: i, slot };
  }
  return null;
}

/** Whether a point is in a block's ground or head: its node is meant. -1: none. */
export function blockAt({ blocks }, x, y) {
  return blocks.findIndex((block) => x >= block.x && x < block.x + block.width && y >= block.y - HEAD && y < block.y + block.height);
}
