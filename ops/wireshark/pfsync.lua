-- Wireshark and tshark: pfsync, the state table synchronisation of pf (IP protocol 240).
--
-- Decodes header version 5 of FreeBSD (states of format 1301, 1400 and 1500) and of OpenBSD 4.5, version 6 of OpenBSD
-- 4.7 and later, and the head of versions 1 to 3. Regions are walked as the kernels walk them; where a kernel would
-- stop or refuse, an expert note (pfsync.badlen, pfsync.badact, pfsync.badval ...) carries the name of its counter.
-- No length is believed: nothing is read that is not proven to be there, so no frame can raise a Lua error.
--
-- Filters: pfsync.state.id and pfsync.state.creatorid stand in every message about a state, so that
-- "pfsync.state.id == 0x64f0a1b2" shows its whole life.

local pfsync = Proto("pfsync", "pf state synchronisation (pfsync)")

local PROTOCOL = 240
local HEADER = 20
local SUBHEADER = 4
local TTL = 255
local EOF = 12

-- Names of numbers ---------------------------------------------------------------------------------------------------

local DIRECTIONS = { [0] = "inout", [1] = "in", [2] = "out", [3] = "fwd" }

local TIMEOUTS = {
    [0] = "tcp.first", "tcp.opening", "tcp.established", "tcp.closing", "tcp.finwait", "tcp.closed", "udp.first",
    "udp.single", "udp.multiple", "icmp.first", "icmp.error", "other.first", "other.single", "other.multiple", "frag",
    "interval", "adaptive.start", "adaptive.end", "src.track", "tcp.tsdiff", "sctp.first", "sctp.opening",
    "sctp.established", "sctp.closing", "sctp.closed",
}

local PROTOCOLS = {
    [0] = "ip", [1] = "icmp", [2] = "igmp", [4] = "ipencap", [6] = "tcp", [17] = "udp", [41] = "ipv6", [47] = "gre",
    [50] = "esp", [51] = "ah", [58] = "ipv6-icmp", [89] = "ospf", [112] = "carp", [132] = "sctp", [240] = "pfsync",
}

local FAMILIES = { [0] = "as the state", [2] = "IPv4", [24] = "IPv6 (OpenBSD)", [28] = "IPv6 (FreeBSD)" }

local BULK_STATUS = { [1] = "START", [2] = "END" }

local TCP_STATES = {
    [0] = "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1", "CLOSING", "LAST_ACK",
    "FIN_WAIT_2", "TIME_WAIT", "PROXY_SRC", "PROXY_DST",
}
local SCTP_STATES = {
    [0] = "CLOSED", [2] = "COOKIE_WAIT", [4] = "COOKIE_ECHOED", [8] = "ESTABLISHED", [0x10] = "SHUTDOWN_SENT",
    [0x20] = "SHUTDOWN_RECEIVED", [0x40] = "SHUTDOWN_ACK_SENT", [0x80] = "SHUTDOWN_PENDING",
}
local OTHER_STATES = { [0] = "NO_TRAFFIC", "SINGLE", "MULTIPLE" }

-- Route options: the numbers differ by one between the systems.
local ROUTES_OPENBSD = { [0] = "none", "route-to", "dup-to", "reply-to" }
local ROUTES_FREEBSD = { [0] = "none", "fastroute", "route-to", "dup-to", "reply-to" }

-- Fields -------------------------------------------------------------------------------------------------------------

local f = {}
local fields = {}

local function field(key, make, name, ...)
    f[key] = make("pfsync." .. key, name, ...)
    fields[#fields + 1] = f[key]
end

local DEC, HEX = base.DEC, base.HEX

field("version", ProtoField.uint8, "Version", DEC)
field("pad", ProtoField.uint8, "Padding", HEX)
field("len", ProtoField.uint16, "Length with header", DEC)
field("pfcksum", ProtoField.bytes, "Rule set fingerprint")
field("dialect", ProtoField.string, "Dialect")
field("region", ProtoField.none, "Region")
field("action", ProtoField.uint8, "Action", DEC)
field("action_name", ProtoField.string, "Action name")
field("msglen", ProtoField.uint8, "Length of a message in words of 32 bits", DEC)
field("count", ProtoField.uint16, "Messages", DEC)
field("message", ProtoField.none, "Message")
field("message.tail", ProtoField.bytes, "Tail that is not known")
field("data", ProtoField.bytes, "Bytes that are not decoded")
field("old.af", ProtoField.uint8, "Address family", DEC, FAMILIES)
field("spare", ProtoField.bytes, "Spare")
field("ifname", ProtoField.string, "Interface")

field("state.id", ProtoField.uint64, "State id", HEX)
field("state.creatorid", ProtoField.uint32, "Creator id", HEX)
field("state.ifname", ProtoField.string, "Interface")
field("state.rt_addr", ProtoField.ipv4, "Next hop")
field("state.rt_addr6", ProtoField.ipv6, "Next hop")
field("state.rule", ProtoField.uint32, "Rule", DEC)
field("state.anchor", ProtoField.uint32, "Anchor", DEC)
field("state.nat_rule", ProtoField.uint32, "NAT rule", DEC)
field("state.creation", ProtoField.uint32, "Age in seconds", DEC)
field("state.expire", ProtoField.uint32, "Expires in seconds", DEC)
field("state.packets0", ProtoField.uint64, "Packets, opening direction", DEC)
field("state.packets1", ProtoField.uint64, "Packets, reverse direction", DEC)
field("state.bytes0", ProtoField.uint64, "Bytes, opening direction", DEC)
field("state.bytes1", ProtoField.uint64, "Bytes, reverse direction", DEC)
field("state.af", ProtoField.uint8, "Address family", DEC, FAMILIES)
field("state.proto", ProtoField.uint8, "Protocol", DEC, PROTOCOLS)
field("state.direction", ProtoField.uint8, "Direction", DEC, DIRECTIONS)
field("state.timeout", ProtoField.uint8, "Timeout class", DEC, TIMEOUTS)
field("state.updates", ProtoField.uint8, "Updates (not used)", DEC)
field("state.min_ttl", ProtoField.uint8, "Minimum TTL", DEC)
field("state.set_tos", ProtoField.uint8, "Set TOS", HEX)
field("state.set_prio0", ProtoField.uint8, "Priority", DEC)
field("state.set_prio1", ProtoField.uint8, "Priority of low delay packets", DEC)
field("state.max_mss", ProtoField.uint16, "Maximum MSS", DEC)
field("state.rtableid", ProtoField.int32, "Routing table", DEC)
field("state.rtableid_reverse", ProtoField.int32, "Routing table, reverse direction", DEC)
field("state.qid", ProtoField.uint16, "Queue", DEC)
field("state.pqid", ProtoField.uint16, "Priority queue", DEC)
field("state.dnpipe", ProtoField.uint16, "Dummynet, forward", DEC)
field("state.dnrpipe", ProtoField.uint16, "Dummynet, reverse", DEC)
field("state.rt", ProtoField.uint8, "Route option", DEC)
field("state.rt_name", ProtoField.string, "Route option name")
field("state.rt_ifname", ProtoField.string, "Interface of the route option")
field("state.rt_af", ProtoField.uint8, "Address family of the next hop", DEC, FAMILIES)
field("state.orig_ifname", ProtoField.string, "Interface of creation")
field("state.tag", ProtoField.string, "Tag")

local function bits(key, make_size, list)
    for _, bit_field in ipairs(list) do
        local mask, name = bit_field[1], bit_field[2]
        field(key .. "." .. name, ProtoField.bool, name, make_size, nil, mask)
        bit_field.field = f[key .. "." .. name]
    end
    return list
end

field("state.flags", ProtoField.uint16, "State flags", HEX)
local STATE_FLAGS = bits("state.flags", 16, {
    { 0x0001, "allowopts" }, { 0x0002, "sloppy" }, { 0x0004, "pflow" }, { 0x0008, "nosync" }, { 0x0010, "ack" },
    { 0x0020, "nodf" }, { 0x0040, "settos" }, { 0x0080, "randomid" }, { 0x0100, "scrub_tcp" }, { 0x0200, "setprio" },
    { 0x0400, "inp_unlinked" }, { 0x4000, "dn_is_pipe" }, { 0x8000, "dn_is_queue" },
})
field("state.log", ProtoField.uint8, "Log", HEX)
local LOG_BITS = bits("state.log", 8, {
    { 0x01, "first" }, { 0x02, "all" }, { 0x04, "user" }, { 0x08, "force" }, { 0x10, "matches" },
})
field("state.sync_flags", ProtoField.uint8, "Sync flags", HEX)
local SYNC_BITS = bits("state.sync_flags", 8, { { 0x04, "srcnode" }, { 0x08, "natsrcnode" } })

for side, title in pairs({ wire = "Wire", stack = "Stack" }) do
    local key = "state." .. side
    field(key, ProtoField.none, title .. " side")
    field(key .. ".src", ProtoField.ipv4, "Source")
    field(key .. ".src6", ProtoField.ipv6, "Source")
    field(key .. ".srcport", ProtoField.uint16, "Source port or ICMP id", DEC)
    field(key .. ".dst", ProtoField.ipv4, "Destination")
    field(key .. ".dst6", ProtoField.ipv6, "Destination")
    field(key .. ".dstport", ProtoField.uint16, "Destination port or ICMP id", DEC)
    field(key .. ".rdomain", ProtoField.uint16, "Routing domain", DEC)
    field(key .. ".af", ProtoField.uint8, "Address family", DEC, FAMILIES)
    field(key .. ".proto", ProtoField.uint8, "Protocol", DEC, PROTOCOLS)
end

for side, title in pairs({ src = "Source", dst = "Destination" }) do
    local key = "state." .. side
    field(key, ProtoField.none, title .. " peer")
    field(key .. ".scrub_flags", ProtoField.uint16, "Scrub flags", HEX)
    field(key .. ".scrub_ttl", ProtoField.uint8, "Highest TTL seen", DEC)
    field(key .. ".scrub_valid", ProtoField.uint8, "Scrub block is valid", DEC)
    field(key .. ".ts_mod", ProtoField.uint32, "Timestamp modulation or SCTP tag", HEX)
    field(key .. ".seqlo", ProtoField.uint32, "Lowest sequence number", DEC)
    field(key .. ".seqhi", ProtoField.uint32, "Highest sequence number", DEC)
    field(key .. ".seqdiff", ProtoField.uint32, "Sequence modulation", DEC)
    field(key .. ".max_win", ProtoField.uint16, "Largest window", DEC)
    field(key .. ".mss", ProtoField.uint16, "MSS", DEC)
    field(key .. ".state", ProtoField.uint8, "State", DEC)
    field(key .. ".state_name", ProtoField.string, "State name")
    field(key .. ".wscale", ProtoField.uint8, "Window scale", HEX)
end

field("bus.endtime", ProtoField.uint32, "Seconds since the request", DEC)
field("bus.status", ProtoField.uint8, "Status", DEC, BULK_STATUS)

field("tdb.spi", ProtoField.uint32, "SPI", HEX)
field("tdb.dst", ProtoField.ipv4, "Destination")
field("tdb.dst6", ProtoField.ipv6, "Destination")
field("tdb.sockaddr", ProtoField.bytes, "Destination, of no known family")
field("tdb.rpl", ProtoField.uint64, "Replay counter", DEC)
field("tdb.cur_bytes", ProtoField.uint64, "Bytes", DEC)
field("tdb.sproto", ProtoField.uint8, "Protocol", DEC, PROTOCOLS)
field("tdb.updates", ProtoField.uint8, "Updates", DEC)
field("tdb.rdomain", ProtoField.uint16, "Routing domain", DEC)

pfsync.fields = fields

local function fault(key, text, severity)
    return ProtoExpert.new("pfsync." .. key, text, expert.group.MALFORMED, severity)
end

local e = {
    hdrops = fault("hdrops", "shorter than the 20-byte header", expert.severity.ERROR),
    badver = fault("badver", "a version that no living system sends", expert.severity.ERROR),
    badlen = fault("badlen", "length that contradicts the packet", expert.severity.ERROR),
    badact = fault("badact", "action that receivers refuse", expert.severity.ERROR),
    badval = fault("badval", "value that receivers refuse", expert.severity.ERROR),
    badttl = fault("badttl", "TTL or hop limit is not 255: receivers drop it", expert.severity.WARN),
    noeof = fault("noeof", "no end-of-frame mark", expert.severity.NOTE),
    skipped = fault("skipped", "region that receivers step over", expert.severity.NOTE),
    cut = fault("cut", "cut short by the capture", expert.severity.WARN),
}
local experts = {}
for _, expert_field in pairs(e) do
    experts[#experts + 1] = expert_field
end
pfsync.experts = experts

local ip_ttl = Field.new("ip.ttl")
local ipv6_hlim = Field.new("ipv6.hlim")

-- Actions: name, bytes of a message, and which function decodes it. Two tables, for 13 to 15 differ. ----------------

local V6 = { name = "v6", key = 40, shift = 8, length = 264, inet6 = 24, timeouts = 20, routes = ROUTES_OPENBSD }
local V1301 = { name = "1301", key = 36, shift = 0, length = 242, inet6 = 28, timeouts = 20 }
local V1400 = { name = "1400", key = 36, shift = 0, length = 277, inet6 = 28, timeouts = 25, routes = ROUTES_FREEBSD }
local V1500 = { name = "1500", key = 36, shift = 0, length = 360, inet6 = 28, timeouts = 25, routes = ROUTES_FREEBSD }
local OPENBSD5 = { name = "OpenBSD 4.5", key = 36, shift = 0, length = 240, inet6 = 24, timeouts = 20 }

local decode = {} -- by kind: function(tree, message, dialect, item), message a range of at least the known length

local function id_row(name)
    return { name = name, length = 12, kind = "id" }
end

local function state_row(name, dialect)
    return { name = name, length = dialect.length, kind = "state", dialect = dialect }
end

local ACTIONS5 = {
    [0] = { name = "CLR", length = 20, kind = "clear" },
    [1] = state_row("INS", V1301), [2] = id_row("INS_ACK"), [3] = state_row("UPD", V1301),
    [4] = { name = "UPD_C", length = 84, kind = "update" }, [5] = id_row("UPD_REQ"), [6] = state_row("DEL", V1301),
    [7] = id_row("DEL_C"), [8] = { name = "INS_F" }, [9] = { name = "DEL_F" },
    [10] = { name = "BUS", length = 12, kind = "bulk" }, [11] = { name = "TDB", length = 48, kind = "tdb" },
    [12] = { name = "EOF", length = 0, kind = "eof" }, [13] = state_row("INS", V1400), [14] = state_row("UPD", V1400),
    [15] = state_row("INS", V1500), [16] = state_row("UPD", V1500),
}

-- "old" is decoded for the reader; receivers of today step over it.
local ACTIONS6 = {
    [0] = { name = "CLR", length = 20, kind = "clear" },
    [1] = { name = "OINS", length = 0, kind = "state", dialect = V6, old = 264 }, [2] = id_row("INS_ACK"),
    [3] = { name = "OUPD", length = 0, kind = "state", dialect = V6, old = 264 },
    [4] = { name = "UPD_C", length = 84, kind = "update" }, [5] = id_row("UPD_REQ"), [6] = state_row("DEL", V6),
    [7] = id_row("DEL_C"), [8] = { name = "INS_F", length = 0 }, [9] = { name = "DEL_F", length = 0 },
    [10] = { name = "BUS", length = 12, kind = "bulk" },
    [11] = { name = "OTDB", length = 0, kind = "tdb", old = 48 }, [12] = { name = "EOF", length = 0 },
    [13] = state_row("INS", V6), [14] = state_row("UPD", V6), [15] = { name = "TDB", length = 52, kind = "tdb" },
}

local OLD_ACTIONS = {
    [0] = "CLR", "INS", "UPD", "DEL", "UPD_C", "DEL_C", "INS_F", "DEL_F", "UPD_REQ", "BUS", "TDB",
}

-- Messages -----------------------------------------------------------------------------------------------------------

-- A name of fixed width: text up to the NUL with everything that is not printable shown as \xNN, and whether there was a NUL.
local function text_of(range)
    local raw = range:bytes():raw()
    local nul = raw:find("\0", 1, true)
    local text = nul and raw:sub(1, nul - 1) or raw
    return (text:gsub("[^\32-\126]", function(c) return string.format("\\x%02x", c:byte()) end)), nul ~= nil
end

local function add(tree, message, key, offset, length)
    return tree:add(f[key], message(offset, length))
end

local function add_text(tree, message, key, offset, length)
    local text, is_terminated = text_of(message(offset, length))
    local item = tree:add(f[key], message(offset, length), text)
    if not is_terminated then
        item:add_proto_expert_info(e.badval, key .. " is not terminated")
    end
    return text, item
end

local function add_bits(tree, message, key, list, offset, length)
    local item = add(tree, message, key, offset, length)
    for _, bit_field in ipairs(list) do
        if length == 2 or bit_field[1] <= 0xFF then
            item:add(bit_field.field, message(offset, length))
        end
    end
    return item
end

local function add_spare(tree, message, offset, length)
    add(tree, message, "spare", offset, length)
end

local function add_id(tree, message, id_offset, creator_offset)
    add(tree, message, "state.id", id_offset, 8)
    add(tree, message, "state.creatorid", creator_offset, 4)
    return string.format("id %s creatorid %s", tostring(message(id_offset, 8):bytes()):lower(),
        tostring(message(creator_offset, 4):bytes()):lower())
end

local function add_rule(tree, message, key, offset)
    local item = add(tree, message, key, offset, 4)
    if message(offset, 4):uint() == 0xFFFFFFFF then
        item:append_text(" (none)")
    end
end

local function is_inet6(family)
    return family == 24 or family == 28
end

-- An address of 16 bytes in the field of its family, and its text.
local function add_address(tree, message, key, family, offset)
    if is_inet6(family) then
        tree:add(f[key .. "6"], message(offset, 16))
        return tostring(message(offset, 16):ipv6())
    end
    tree:add(f[key], message(offset, 4))
    return tostring(message(offset, 4):ipv4())
end

local function peer_state_name(protocol, number)
    local names = OTHER_STATES
    if protocol == 6 then
        names = TCP_STATES
    elseif protocol == 132 then
        names = SCTP_STATES
    elseif protocol == 1 or protocol == 58 then
        return tostring(number)
    end
    return names[number] or tostring(number)
end

local function add_peer(tree, message, side, offset, protocol)
    local key = "state." .. side
    local peer = add(tree, message, key, offset, 32)
    add(peer, message, key .. ".scrub_flags", offset, 2)
    add(peer, message, key .. ".scrub_ttl", offset + 2, 1)
    add(peer, message, key .. ".scrub_valid", offset + 3, 1)
    add(peer, message, key .. ".ts_mod", offset + 4, 4)
    add(peer, message, key .. ".seqlo", offset + 8, 4)
    add(peer, message, key .. ".seqhi", offset + 12, 4)
    add(peer, message, key .. ".seqdiff", offset + 16, 4)
    add(peer, message, key .. ".max_win", offset + 20, 2)
    add(peer, message, key .. ".mss", offset + 22, 2)
    local number = message(offset + 24, 1):uint()
    local name = peer_state_name(protocol, number)
    local item = add(peer, message, key .. ".state", offset + 24, 1)
    item:append_text(" (" .. name .. ")")
    if number > 12 then
        item:add_proto_expert_info(e.badval, "peer state above 12")
    end
    peer:add(f[key .. ".state_name"], message(offset + 24, 1), name):set_generated()
    local scale = add(peer, message, key .. ".wscale", offset + 25, 1)
    local value = message(offset + 25, 1):uint()
    scale:append_text(string.format(" (shift %d%s)", value % 16, value >= 128 and ", option seen" or ""))
    add_spare(peer, message, offset + 26, 6)
    peer:append_text(": " .. name)
    return name
end

-- The key of one side. "source" is the index (0 or 1) of the source.
local function add_key(tree, message, side, key, source)
    local name = "state." .. side
    local item = add(tree, message, name, key.offset, key.length)
    local from, to = source, 1 - source
    local text = {}
    for i, part in ipairs({ { "src", from }, { "dst", to } }) do
        local address = add_address(item, message, name .. "." .. part[1], key.family, key.offset + 16 * part[2])
        local port = message(key.offset + 32 + 2 * part[2], 2)
        item:add(f[name .. "." .. part[1] .. "port"], port)
        text[i] = string.format(is_inet6(key.family) and "%s[%d]" or "%s:%d", address, port:uint())
    end
    if key.length == 40 then
        add(item, message, name .. ".rdomain", key.offset + 36, 2)
        add(item, message, name .. ".af", key.offset + 38, 1)
        add_spare(item, message, key.offset + 39, 1)
    end
    item:append_text(": " .. text[1] .. " -> " .. text[2])
    return text
end

local function add_timeout(tree, message, offset, limit)
    local item = add(tree, message, "state.timeout", offset, 1)
    if message(offset, 1):uint() >= limit then
        item:add_proto_expert_info(e.badval, "unknown timeout class")
    end
end

local function add_route(tree, message, offset, dialect)
    local number = message(offset, 1):uint()
    local name = dialect.routes[number] or "unknown"
    add(tree, message, "state.rt", offset, 1):append_text(" (" .. name .. ")")
    tree:add(f["state.rt_name"], message(offset, 1), name):set_generated()
end

local function add_direction(tree, message, offset)
    local item = add(tree, message, "state.direction", offset, 1)
    if message(offset, 1):uint() > 2 then
        item:add_proto_expert_info(e.badval, "direction above 2")
    end
end

-- What the tail of a state says that is needed to show what precedes it.
local function essentials(message, dialect)
    local at = dialect == V6 and 250 or dialect == V1500 and 344 or 232
    local function u8(offset) return message(offset, 1):uint() end
    local s = { wire_af = u8(at), proto = u8(at + 1), direction = u8(at + 2) }
    s.stack_af, s.rt_af, s.stack_proto = s.wire_af, s.wire_af, s.proto
    if dialect == V6 then
        -- A key's own family counts if it names one; old senders leave it 0.
        -- One key cannot name a family alone, and the state's own must be right all the same.
        local wire, stack = u8(24 + 38), u8(64 + 38)
        s.is_refused = (wire == 0) ~= (stack == 0) or not (s.wire_af == 2 or s.wire_af == V6.inet6)
        s.stack_af = stack ~= 0 and stack or s.wire_af
        s.wire_af = wire ~= 0 and wire or s.wire_af
    elseif dialect == V1500 then
        s.stack_af, s.rt_af, s.proto, s.stack_proto, s.direction = u8(345), u8(346), u8(347), u8(348), u8(351)
        s.rt_af = s.rt_af ~= 0 and s.rt_af or s.wire_af
    end
    return s
end

local function add_tail_v6(tree, message)
    add(tree, message, "state.rtableid", 240, 4)
    add(tree, message, "state.rtableid_reverse", 244, 4)
    add(tree, message, "state.max_mss", 248, 2)
    add(tree, message, "state.af", 250, 1)
    add(tree, message, "state.proto", 251, 1)
    add_direction(tree, message, 252)
    add_bits(tree, message, "state.log", LOG_BITS, 253, 1)
    add_route(tree, message, 254, V6)
    add_timeout(tree, message, 255, V6.timeouts)
    add_bits(tree, message, "state.sync_flags", SYNC_BITS, 256, 1)
    add(tree, message, "state.updates", 257, 1)
    add(tree, message, "state.min_ttl", 258, 1)
    add(tree, message, "state.set_tos", 259, 1)
    add_bits(tree, message, "state.flags", STATE_FLAGS, 260, 2)
    add(tree, message, "state.set_prio0", 262, 1)
    add(tree, message, "state.set_prio1", 263, 1)
end

local function add_tail_openbsd5(tree, message)
    add(tree, message, "state.af", 232, 1)
    add(tree, message, "state.proto", 233, 1)
    add_direction(tree, message, 234)
    add_bits(tree, message, "state.log", LOG_BITS, 235, 1)
    add_bits(tree, message, "state.flags", STATE_FLAGS, 236, 1)
    add_timeout(tree, message, 237, OPENBSD5.timeouts)
    add_bits(tree, message, "state.sync_flags", SYNC_BITS, 238, 1)
    add(tree, message, "state.updates", 239, 1)
end

-- 1301, and 1400 which has 16 bits of flags where 1301 has spare bytes, and goes on behind.
local function add_tail_freebsd(tree, message, dialect)
    add(tree, message, "state.af", 232, 1)
    add(tree, message, "state.proto", 233, 1)
    add_direction(tree, message, 234)
    if dialect == V1400 then
        add_bits(tree, message, "state.flags", STATE_FLAGS, 235, 2)
    else
        add_spare(tree, message, 235, 2)
    end
    add_bits(tree, message, "state.log", LOG_BITS, 237, 1)
    if dialect == V1400 then
        add_spare(tree, message, 238, 1)
    else
        add_bits(tree, message, "state.flags", STATE_FLAGS, 238, 1)
    end
    add_timeout(tree, message, 239, dialect.timeouts)
    add_bits(tree, message, "state.sync_flags", SYNC_BITS, 240, 1)
    add(tree, message, "state.updates", 241, 1)
    if dialect == V1400 then
        add(tree, message, "state.qid", 242, 2)
        add(tree, message, "state.pqid", 244, 2)
        add(tree, message, "state.dnpipe", 246, 2)
        add(tree, message, "state.dnrpipe", 248, 2)
        add(tree, message, "state.rtableid", 250, 4)
        add(tree, message, "state.min_ttl", 254, 1)
        add(tree, message, "state.set_tos", 255, 1)
        add(tree, message, "state.max_mss", 256, 2)
        add(tree, message, "state.set_prio0", 258, 1)
        add(tree, message, "state.set_prio1", 259, 1)
        add_route(tree, message, 260, V1400)
        add_text(tree, message, "state.rt_ifname", 261, 16)
    end
end

local function add_tail_1500(tree, message)
    add_text(tree, message, "state.tag", 232, 64)
    add_text(tree, message, "state.rt_ifname", 296, 16)
    add_text(tree, message, "state.orig_ifname", 312, 16)
    add(tree, message, "state.rtableid", 328, 4)
    add_bits(tree, message, "state.flags", STATE_FLAGS, 332, 2)
    add(tree, message, "state.qid", 334, 2)
    add(tree, message, "state.pqid", 336, 2)
    add(tree, message, "state.dnpipe", 338, 2)
    add(tree, message, "state.dnrpipe", 340, 2)
    add(tree, message, "state.max_mss", 342, 2)
    add(tree, message, "state.wire.af", 344, 1)
    add(tree, message, "state.stack.af", 345, 1)
    add(tree, message, "state.rt_af", 346, 1)
    add(tree, message, "state.wire.proto", 347, 1)
    add(tree, message, "state.stack.proto", 348, 1)
    add_bits(tree, message, "state.log", LOG_BITS, 349, 1)
    add_timeout(tree, message, 350, V1500.timeouts)
    add_direction(tree, message, 351)
    add_route(tree, message, 352, V1500)
    add(tree, message, "state.min_ttl", 353, 1)
    add(tree, message, "state.set_tos", 354, 1)
    add(tree, message, "state.set_prio0", 355, 1)
    add(tree, message, "state.set_prio1", 356, 1)
    add_spare(tree, message, 357, 3)
end

local function is_family(dialect, family)
    return family == 2 or family == dialect.inet6
end

-- Index of the source in a key: in-states have it in 0, out-states in 1, and the translated key of a state that
-- translates between families has both exchanged.
local function source_index(s, side)
    local index = s.direction == 2 and 1 or 0
    local is_translated = (s.direction == 2) == (side == "wire")
    if is_translated and s.wire_af ~= s.stack_af then
        return 1 - index
    end
    return index
end

local function add_common(tree, message, dialect, s)
    local shift = dialect.shift
    local id = add_id(tree, message, 0, 228 + shift)
    if message(228 + shift, 4):uint() == 0 then
        tree:add_proto_expert_info(e.badval, "creatorid 0")
    end
    local ifname, item = add_text(tree, message, "state.ifname", 8, 16)
    if ifname == "" then
        item:add_proto_expert_info(e.badval, "empty interface name")
    end
    local wire = add_key(tree, message, "wire", { offset = 24, length = dialect.key, family = s.wire_af },
        source_index(s, "wire"))
    local stack = add_key(tree, message, "stack",
        { offset = 24 + dialect.key, length = dialect.key, family = s.stack_af }, source_index(s, "stack"))
    local src = add_peer(tree, message, "src", 96 + shift, s.proto)
    local dst = add_peer(tree, message, "dst", 128 + shift, s.proto)
    add_address(tree, message, "state.rt_addr", s.rt_af, 160 + shift)
    add_rule(tree, message, "state.rule", 176 + shift)
    add_rule(tree, message, "state.anchor", 180 + shift)
    add_rule(tree, message, "state.nat_rule", 184 + shift)
    add(tree, message, "state.creation", 188 + shift, 4)
    add(tree, message, "state.expire", 192 + shift, 4)
    add(tree, message, "state.packets0", 196 + shift, 8)
    add(tree, message, "state.packets1", 204 + shift, 8)
    add(tree, message, "state.bytes0", 212 + shift, 8)
    add(tree, message, "state.bytes1", 220 + shift, 8)
    local key = s.direction == 2 and stack or wire
    return string.format("%s %s %s -> %s %s:%s, %s", ifname, PROTOCOLS[s.proto] or tostring(s.proto), key[1], key[2],
        src, dst, id)
end

function decode.state(tree, message, dialect)
    local s = essentials(message, dialect)
    local text = add_common(tree, message, dialect, s)
    if dialect == V6 then
        add_tail_v6(tree, message)
    elseif dialect == V1500 then
        add_tail_1500(tree, message)
    elseif dialect == OPENBSD5 then
        add_tail_openbsd5(tree, message)
    else
        add_tail_freebsd(tree, message, dialect)
    end
    if s.is_refused or not is_family(dialect, s.wire_af) or not is_family(dialect, s.stack_af) then
        tree:add_proto_expert_info(e.badval, "address family that the dialect does not know")
    end
    return text
end

-- A short update does not name its protocol; its timeout class tells.
local function protocol_of_timeout(timeout)
    if timeout < 6 then
        return 6
    elseif timeout < 9 then
        return 17
    elseif timeout < 11 then
        return 1
    end
    return timeout >= 20 and timeout < 25 and 132 or 255
end

function decode.update(tree, message, dialect)
    local id = add_id(tree, message, 0, 72)
    local protocol = protocol_of_timeout(message(80, 1):uint())
    local src = add_peer(tree, message, "src", 8, protocol)
    local dst = add_peer(tree, message, "dst", 40, protocol)
    add(tree, message, "state.expire", 76, 4)
    -- FreeBSD 14 knows classes up to 24, and a short update does not tell which FreeBSD sent it.
    add_timeout(tree, message, 80, dialect == V6 and 20 or 25)
    if dialect == V6 then
        add_bits(tree, message, "state.flags", STATE_FLAGS, 81, 1)
        add_spare(tree, message, 82, 2)
    else
        add_spare(tree, message, 81, 3)
    end
    return string.format("%s:%s, %s", src, dst, id)
end

function decode.id(tree, message)
    return add_id(tree, message, 0, 8)
end

function decode.clear(tree, message)
    local name = add_text(tree, message, "ifname", 0, 16)
    add(tree, message, "state.creatorid", 16, 4)
    return string.format("%s, creatorid %s", name == "" and "all interfaces" or name,
        tostring(message(16, 4):bytes()):lower())
end

function decode.bulk(tree, message)
    add(tree, message, "state.creatorid", 0, 4)
    add(tree, message, "bus.endtime", 4, 4)
    add(tree, message, "bus.status", 8, 1)
    add_spare(tree, message, 9, 3)
    local status = message(8, 1):uint()
    return string.format("%s, creatorid %s", BULK_STATUS[status] or tostring(status),
        tostring(message(0, 4):bytes()):lower())
end

-- The destination is a BSD socket address: byte 1 its family.
function decode.tdb(tree, message, _, length)
    local is_wide = length >= 52
    add(tree, message, "tdb.spi", 0, 4)
    local family = message(5, 1):uint()
    if family == 2 then
        add(tree, message, "tdb.dst", 8, 4)
    elseif is_inet6(family) then
        add(tree, message, "tdb.dst6", 12, 16)
    else
        add(tree, message, "tdb.sockaddr", 4, 28)
    end
    local at = is_wide and 40 or 36
    add(tree, message, "tdb.rpl", 32, is_wide and 8 or 4)
    add(tree, message, "tdb.cur_bytes", at, 8)
    add(tree, message, "tdb.sproto", at + 8, 1)
    add(tree, message, "tdb.updates", at + 9, 1)
    add(tree, message, "tdb.rdomain", at + 10, 2)
    return string.format("spi %s", tostring(message(0, 4):bytes()):lower())
end

-- Frames -------------------------------------------------------------------------------------------------------------

-- Adds the messages of one region whose bytes are proven to lie in the packet; a capture may hold fewer.
local function add_messages(tree, tvb, walk, row, dialect, region)
    local known = row.old or row.length
    for i = 1, region.count do
        local at = region.offset + (i - 1) * region.stride
        if at + region.stride > walk.captured then
            tree:add_proto_expert_info(e.cut, string.format("message %d of %d is not in the capture", i, region.count))
            return
        end
        local message = tvb(at, region.stride)
        local item = tree:add(f["message"], message)
        local text = decode[row.kind](item, message, dialect, known)
        item:set_text(string.format("%s %d of %d: %s", row.name, i, region.count, text))
        if region.stride > known then
            item:add(f["message.tail"], message(known, region.stride - known))
        end
    end
end

local function add_data(tree, tvb, walk, offset, length)
    local present = math.min(length, walk.captured - offset)
    if present > 0 then
        tree:add(f["data"], tvb(offset, present))
    end
end

-- The subheader as a tree of its own, and what it says; nil if the capture ends before it does.
local function add_region(tree, tvb, walk, offset, actions)
    if offset + SUBHEADER > walk.captured then
        tree:add_proto_expert_info(e.cut, "the capture holds no more of the packet")
        return nil
    end
    local region = {
        action = tvb(offset, 1):uint(),
        words = tvb(offset + 1, 1):uint(),
        count = tvb(offset + 2, 2):uint(),
        offset = offset + SUBHEADER,
    }
    local row = actions[region.action]
    region.name = row and row.name or "UNKNOWN"
    region.tree = tree:add(f["region"], tvb(offset, SUBHEADER))
    region.tree:set_text(string.format("%s, count %d", region.name, region.count))
    region.tree:add(f["action"], tvb(offset, 1)):append_text(" (" .. region.name .. ")")
    region.tree:add(f["action_name"], tvb(offset, 1), region.name):set_generated()
    region.tree:add(f["msglen"], tvb(offset + 1, 1))
    region.tree:add(f["count"], tvb(offset + 2, 2))
    walk.names[#walk.names + 1] = string.format("%s(%d)", region.name, region.count)
    return region, row
end

local function set_length(region, walk, length)
    region.tree:set_len(math.min(SUBHEADER + length, walk.captured - region.offset + SUBHEADER))
end

local function walk_v6(tree, tvb, walk)
    local offset = HEADER
    walk.dialect = V6.name
    while walk.length - offset >= SUBHEADER do
        local region, row = add_region(tree, tvb, walk, offset, ACTIONS6)
        if not region then
            return
        end
        region.stride = region.words * 4
        local bytes = region.count * region.stride
        local is_skipped = not row or region.stride < row.length
        if is_skipped and bytes == 0 then
            region.tree:add_proto_expert_info(e.badact, "action without length or messages: the rest is lost")
            add_data(tree, tvb, walk, region.offset, walk.length - region.offset)
            return
        end
        if bytes > walk.length - region.offset then
            region.tree:add_proto_expert_info(e.badlen, "the region is longer than the packet")
            add_data(tree, tvb, walk, region.offset, walk.length - region.offset)
            return
        end
        set_length(region, walk, bytes)
        local is_decoded = not is_skipped and row.kind and region.stride >= (row.old or 0)
        if is_decoded then
            add_messages(region.tree, tvb, walk, row, V6, region)
        else
            add_data(region.tree, tvb, walk, region.offset, bytes)
        end
        if not is_decoded or row.old then
            region.tree:add_proto_expert_info(e.skipped, "receivers step over this region")
        end
        offset = region.offset + bytes
    end
end

-- Would a walk with states of this size (actions 1, 3 and 6) end at an end-of-frame mark, and the packet with it?
local function ends_in_eof(tvb, walk, state_length)
    local offset = HEADER
    while walk.length_v5 - offset >= SUBHEADER and offset + SUBHEADER <= walk.captured do
        local action, count = tvb(offset, 1):uint(), tvb(offset + 2, 2):uint()
        local row = ACTIONS5[action]
        offset = offset + SUBHEADER
        if action == EOF then
            return offset == walk.length_v5
        end
        if not row or not row.kind then
            return false
        end
        offset = offset + count * (row.dialect == V1301 and state_length or row.length)
    end
    return false
end

local function walk_v5(tree, tvb, walk)
    local is_openbsd = not ends_in_eof(tvb, walk, V1301.length) and ends_in_eof(tvb, walk, OPENBSD5.length)
    walk.dialect = is_openbsd and OPENBSD5.name or walk.dialect
    local offset = HEADER
    while walk.length - offset >= SUBHEADER do
        local region, row = add_region(tree, tvb, walk, offset, ACTIONS5)
        if not region then
            return
        end
        if not row or not row.kind then
            region.tree:add_proto_expert_info(e.badact, "unknown or unimplemented action: the rest is lost")
            add_data(tree, tvb, walk, region.offset, walk.length - region.offset)
            return
        end
        if row.kind == "eof" then
            if region.offset ~= walk.length_v5 then
                region.tree:add_proto_expert_info(e.badlen, "bytes behind the end-of-frame mark")
            end
            return
        end
        local dialect = row.dialect
        if dialect == V1301 and is_openbsd then
            dialect = OPENBSD5
        end
        region.stride = dialect and dialect.length or row.length
        local bytes = region.count * region.stride
        if bytes > walk.length_v5 - region.offset then
            region.tree:add_proto_expert_info(e.badlen, "the region is longer than the packet")
            add_data(tree, tvb, walk, region.offset, walk.length - region.offset)
            return
        end
        if dialect then
            walk.dialect = dialect.name
        end
        set_length(region, walk, bytes)
        local known = dialect == OPENBSD5 and { name = row.name, length = OPENBSD5.length, kind = "state" } or row
        add_messages(region.tree, tvb, walk, known, dialect, region)
        offset = region.offset + bytes
    end
    tree:add_proto_expert_info(e.noeof, "no end-of-frame mark; receivers take the frame all the same")
end

local VERSIONS = {
    [1] = "OpenBSD 3.3 and 3.4", [2] = "OpenBSD 3.5 to 3.8, FreeBSD 5 and 6, DragonFly",
    [3] = "OpenBSD 3.9 to 4.3, FreeBSD 7 and 8, NetBSD", [4] = "OpenBSD 4.4",
}

local function add_old_header(tree, tvb, version)
    local item = tree:add(f["version"], tvb(0, 1))
    item:add_proto_expert_info(e.badver, "format " .. version .. ": " .. (VERSIONS[version] or "no system ever sent it"))
    if version >= 1 and version <= 3 then
        local name = OLD_ACTIONS[tvb(2, 1):uint()] or "UNKNOWN"
        tree:add(f["old.af"], tvb(1, 1))
        tree:add(f["action"], tvb(2, 1)):append_text(" (" .. name .. ")")
        tree:add(f["action_name"], tvb(2, 1), name):set_generated()
        tree:add(f["count"], tvb(3, 1))
    end
end

local function check_ttl(tree)
    local hops = { ip_ttl() }
    if #hops == 0 then
        hops = { ipv6_hlim() }
    end
    local last = hops[#hops]
    if last and last.value ~= TTL then
        tree:add_proto_expert_info(e.badttl, "TTL or hop limit " .. tostring(last.value) .. " is not 255")
    end
end

local function add_frame(tree, tvb, captured, reported)
    local version = tvb(0, 1):uint()
    if version ~= 5 and version ~= 6 then
        add_old_header(tree, tvb, version)
        return { names = {}, version = version }
    end
    local length = tvb(2, 2):uint()
    tree:add(f["version"], tvb(0, 1))
    tree:add(f["pad"], tvb(1, 1))
    local length_item = tree:add(f["len"], tvb(2, 2))
    tree:add(f["pfcksum"], tvb(4, 16))
    local walk = { names = {}, version = version, captured = captured, length = length, length_v5 = reported,
        dialect = version == 5 and "v5" or "v6" }
    if reported < length then
        length_item:add_proto_expert_info(e.badlen, "the packet is shorter than its header says")
    elseif version == 6 then
        walk_v6(tree, tvb, walk)
    else
        walk_v5(tree, tvb, walk)
    end
    tree:add(f["dialect"], tvb(0, 1), walk.dialect):set_generated()
    return walk
end

function pfsync.dissector(tvb, pinfo, root)
    local captured, reported = tvb:captured_len(), tvb:reported_len()
    pinfo.cols.protocol = "PFSYNC"
    local tree = root:add(pfsync, tvb())
    check_ttl(tree)
    if reported < HEADER then
        tree:add_proto_expert_info(e.hdrops, reported .. " bytes, the header has 20")
        pinfo.cols.info = "shorter than the header"
        return captured
    end
    if captured < HEADER then
        tree:add_proto_expert_info(e.cut, "the capture holds " .. captured .. " bytes, the header has 20")
        pinfo.cols.info = "cut short by the capture"
        return captured
    end
    local walk = add_frame(tree, tvb, captured, reported)
    local summary = string.format("v%d%s %s", walk.version, walk.dialect and " (" .. walk.dialect .. ")" or "",
        table.concat(walk.names, " "))
    tree:append_text(", " .. summary)
    pinfo.cols.info = summary
    return captured
end

DissectorTable.get("ip.proto"):add(PROTOCOL, pfsync)
