"""Whether blocks may leave and join zones, and what that does to the pieces: FORMAT.md's contiguity, flip by flip.

Between moves: a block is `joined` exactly if a path inside its zone leads to the zone's root; every other block was
detached in this zone under the status quo.
"""

from __future__ import annotations

from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.layout import CONTIGUOUS, STAMP, TOGGLED

NEARBY = 24  # blocks to look at around a block before its zone is walked from the root


@compiled
def flip(inst, st, block, new):
    """Send the block to zone `new` if both zones stay legal; changes zone and joined alone. True if done.

    What is changed in `joined` is noted in `toggled`, so that `unflip` can take it back; else nothing changes.
    """
    old = st.zone[block]
    if inst.setting[CONTIGUOUS] == 0:
        st.zone[block] = new
        return True
    touches = touches_root(inst, st, block, new)
    if not touches and not (inst.detached[block] and inst.home[block] == new):
        return False
    was_joined = st.joined[block]
    st.zone[block] = new
    if was_joined:
        before = st.count[TOGGLED]
        st.joined[block] = False
        st.toggled[st.count[TOGGLED]] = block
        st.count[TOGGLED] += 1
        if not release(inst, st, block, old):
            untoggle(st, before)
            st.zone[block] = old
            return False
    if touches:
        join_from(inst, st, block)
    return True


@compiled
def unflip(st, block, old, before):
    """Take back a flip that was done when `toggled` held `before` entries."""
    untoggle(st, before)
    st.zone[block] = old


@compiled
def untoggle(st, before):
    for t in range(st.count[TOGGLED] - 1, before - 1, -1):
        st.joined[st.toggled[t]] = not st.joined[st.toggled[t]]
    st.count[TOGGLED] = before


@compiled
def touches_root(inst, st, block, zone):
    for e in range(inst.start[block], inst.start[block + 1]):
        other = inst.index[e]
        if st.zone[other] == zone and st.joined[other]:
            return True
    return False


@compiled
def release(inst, st, block, zone):
    """After `block` has left `zone`: whether what it cuts off from the root may lie there; if so, unjoin it."""
    near = 0
    first = -1
    for e in range(inst.start[block], inst.start[block + 1]):
        other = inst.index[e]
        if st.zone[other] == zone and st.joined[other]:
            near += 1
            first = other
    if near <= 1:
        return True
    st.count[STAMP] += 1
    if in_a_ring(inst, st, block, first, near):
        return True
    st.count[STAMP] += 1
    found, exhausted = spread(inst, st, block, first, near)
    if found == near:
        return True
    if exhausted and st.mark[inst.root[zone]] != st.count[STAMP]:
        if not (inst.detached[first] and inst.home[first] == zone):
            return False  # the piece around `first` is newly cut off: no need to look at the rest
    return cut_off(inst, st, block, zone, near)


@compiled
def in_a_ring(inst, st, block, first, wanted):
    """Whether the `wanted` neighbours of `block` in its zone hang together by themselves: mostly they do."""
    stamp = st.count[STAMP]
    want(inst, st, block, st.zone[first])
    found, head, tail = 1, 0, 1
    st.queue[0] = first
    st.mark[first] = stamp
    while head < tail:
        b = st.queue[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.mark[other] == -stamp:
                st.mark[other] = stamp
                found += 1
                if found == wanted:
                    return True
                st.queue[tail] = other
                tail += 1
    return False


@compiled
def spread(inst, st, block, first, wanted):
    """Walk the zone that `block` has left from `first` until `wanted` of its neighbours are found, NEARBY blocks have
    been seen, or there are no more. How many were found, and whether there are no more."""
    want(inst, st, block, st.zone[first])
    return walk(inst, st, first, 1, wanted, NEARBY)


@compiled
def walk(inst, st, first, found, wanted, most):
    """Walk the zone of `first` until `wanted` of the marked blocks are found, with the `found` before, `most` blocks
    have been seen, or there are no more. How many were found, and whether there are no more."""
    stamp, zone = st.count[STAMP], st.zone[first]
    st.mark[first] = stamp
    st.queue[0] = first
    head, tail = 0, 1
    while head < tail and found < wanted and head < most:
        b = st.queue[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.zone[other] == zone and st.mark[other] != stamp:
                if st.mark[other] == -stamp:
                    found += 1
                st.mark[other] = stamp
                st.queue[tail] = other
                tail += 1
    return found, head == tail


@compiled
def want(inst, st, block, zone):
    """Mark the neighbours of `block` that a walk through `zone` is to find."""
    for e in range(inst.start[block], inst.start[block + 1]):
        other = inst.index[e]
        if st.zone[other] == zone and st.joined[other]:
            st.mark[other] = -st.count[STAMP]


@compiled
def cut_off(inst, st, block, zone, wanted):
    """Walk from the root until the `wanted` neighbours of `block` are found. What the root no longer holds may stay
    only if it was detached here before. True if the zone is legal."""
    st.count[STAMP] += 1
    stamp = st.count[STAMP]
    want(inst, st, block, zone)
    root = inst.root[zone]
    found, _ = walk(inst, st, root, 1 if st.mark[root] == -stamp else 0, wanted, st.zone.size)
    if found == wanted:
        return True
    for e in range(inst.start[block], inst.start[block + 1]):
        side = inst.index[e]
        if st.zone[side] == zone and st.joined[side] and st.mark[side] != stamp and not part(inst, st, side, zone):
            return False
    return True


@compiled
def part(inst, st, first, zone):
    """Unmark as joined the piece around `first`; False at the first block that was not detached here before."""
    if not (inst.detached[first] and inst.home[first] == zone):
        return False
    st.joined[first] = False
    st.toggled[st.count[TOGGLED]] = first
    st.count[TOGGLED] += 1
    st.queue[0] = first
    head, tail = 0, 1
    while head < tail:
        b = st.queue[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.zone[other] == zone and st.joined[other]:
                if not (inst.detached[other] and inst.home[other] == zone):
                    return False
                st.joined[other] = False
                st.toggled[st.count[TOGGLED]] = other
                st.count[TOGGLED] += 1
                st.queue[tail] = other
                tail += 1
    return True


@compiled
def join_from(inst, st, block):
    """Mark the block as joined to its root, and all of its zone that it now touches."""
    zone = st.zone[block]
    st.joined[block] = True
    st.toggled[st.count[TOGGLED]] = block
    st.count[TOGGLED] += 1
    st.queue[0] = block
    head, tail = 0, 1
    while head < tail:
        b = st.queue[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.zone[other] == zone and not st.joined[other]:
                st.joined[other] = True
                st.toggled[st.count[TOGGLED]] = other
                st.count[TOGGLED] += 1
                st.queue[tail] = other
                tail += 1
