"""The lists of blocks that have neighbours in other zones, kept right move by move."""

from __future__ import annotations

from optimizer.solvers.kernel.contiguity import join_from
from optimizer.solvers.kernel.jit import called, compiled
from optimizer.solvers.kernel.layout import BORDER, TOGGLED
from optimizer.solvers.kernel.state import pair_of


@compiled
def list_border(inst, st, block):
    """Put the block on the border lists, or take it off, as its `foreign` says."""
    zone = st.zone[block]
    if st.foreign[block] > 0 and st.place[block] < 0:
        st.place[block] = st.count[BORDER]
        st.border[st.count[BORDER]] = block
        st.count[BORDER] += 1
        st.zone_place[block] = st.zone_count[zone]
        st.zone_border[inst.list_start[zone] + st.zone_count[zone]] = block
        st.zone_count[zone] += 1
    elif st.foreign[block] == 0 and st.place[block] >= 0:
        unlist_border(inst, st, block, zone)


@compiled
def unlist_border(inst, st, block, zone):
    """Take a block off the border lists of all zones and of `zone`."""
    st.count[BORDER] -= 1
    last = st.border[st.count[BORDER]]
    st.border[st.place[block]] = last
    st.place[last] = st.place[block]
    st.place[block] = -1
    st.zone_count[zone] -= 1
    last = st.zone_border[inst.list_start[zone] + st.zone_count[zone]]
    st.zone_border[inst.list_start[zone] + st.zone_place[block]] = last
    st.zone_place[last] = st.zone_place[block]
    st.zone_place[block] = -1


@compiled
def relist(inst, st, block, old):
    """Keep the border lists right after `block` has gone from zone `old` to the zone it now has."""
    if st.place[block] >= 0:
        unlist_border(inst, st, block, old)
    new = st.zone[block]
    foreign = 0
    for e in range(inst.start[block], inst.start[block + 1]):
        other = inst.index[e]
        zone = st.zone[other]
        if zone != new and pair_of(inst, block, zone) >= 0:
            foreign += 1
        if inst.pair_start[other + 1] - inst.pair_start[other] > 1:
            if zone != old and pair_of(inst, other, old) >= 0:
                st.foreign[other] -= 1
            if zone != new and pair_of(inst, other, new) >= 0:
                st.foreign[other] += 1
            list_border(inst, st, other)
    st.foreign[block] = foreign
    list_border(inst, st, block)


@called
def rebuild_borders(inst, st):
    """Compute `joined` and the border lists afresh from `zone`."""
    st.joined[:] = False
    for j in range(inst.root.size):
        if inst.root[j] >= 0 and st.zone[inst.root[j]] == j:
            join_from(inst, st, inst.root[j])
    st.count[TOGGLED] = 0
    st.count[BORDER] = 0
    st.zone_count[:] = 0
    st.place[:] = -1
    st.zone_place[:] = -1
    for b in range(st.zone.size):
        st.foreign[b] = 0
        for e in range(inst.start[b], inst.start[b + 1]):
            zone = st.zone[inst.index[e]]
            if zone != st.zone[b] and pair_of(inst, b, zone) >= 0:
                st.foreign[b] += 1
        list_border(inst, st, b)
