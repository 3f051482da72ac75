-- Wireshark and tshark: the link between pfsyncd nodes (src/docs/link-format.md), over IP protocol 253 or UDP port 4240.
-- Both numbers are preferences. All numbers of the link are little-endian. No length is believed.
--
-- The stream in DATA frames is shown as bytes: entries are cut anywhere, and only a whole conversation tells where.

local link = Proto("pfsyncd", "pfsyncd link")

local HEADER = 48
local MAGIC = 0x4C534650
local CRC = 44

local TYPES = { [1] = "HELLO", [2] = "DATA", [3] = "ACK", [4] = "BEAT", [5] = "REFUSE" }

local DEC, HEX = base.DEC, base.HEX
local f, fields = {}, {}

local function field(key, make, name, ...)
    f[key] = make("pfsyncd." .. key, name, ...)
    fields[#fields + 1] = f[key]
end

field("magic", ProtoField.string, "Magic")
field("version", ProtoField.uint8, "Version of the layout", DEC)
field("type", ProtoField.uint8, "Type", DEC, TYPES)
field("key", ProtoField.uint16, "Key id", DEC)
field("counter", ProtoField.uint64, "Counter", DEC)
field("node", ProtoField.uint64, "Node id", HEX)
field("session", ProtoField.uint64, "Session of the sender", HEX)
field("peer_session", ProtoField.uint64, "Session of the receiver", HEX)
field("length", ProtoField.uint16, "Length of the payload", DEC)
field("flags", ProtoField.uint16, "Flags", HEX)
field("crc", ProtoField.uint32, "CRC32C", HEX)
field("tag", ProtoField.bytes, "Tag")
field("data", ProtoField.bytes, "Bytes")
field("hello.lowest", ProtoField.uint8, "Lowest version", DEC)
field("hello.highest", ProtoField.uint8, "Highest version", DEC)
field("hello.flags", ProtoField.uint16, "Flags (1: ships nothing)", HEX)
field("hello.window", ProtoField.uint32, "Window", DEC)
field("hello.name", ProtoField.string, "Node name")
field("hello.members", ProtoField.uint8, "Members", DEC)
field("member", ProtoField.none, "Member")
field("member.node", ProtoField.uint64, "Node id", HEX)
field("member.name", ProtoField.string, "Name")
field("member.family", ProtoField.uint8, "Family", DEC)
field("member.address", ProtoField.ipv4, "Address")
field("member.address6", ProtoField.ipv6, "Address")
field("received.incarnation", ProtoField.uint64, "Has the receiver's journal to: incarnation", DEC)
field("received.sequence", ProtoField.uint64, "Has the receiver's journal to: sequence", DEC)
field("newest.incarnation", ProtoField.uint64, "Own journal: incarnation", DEC)
field("newest.sequence", ProtoField.uint64, "Own journal: sequence", DEC)
field("time", ProtoField.uint64, "Node time in ms since 1970", DEC)
field("age", ProtoField.uint64, "Age of the clock in ms", DEC)
field("offset", ProtoField.uint64, "Offset in the stream", DEC)
field("ack.limit", ProtoField.uint64, "Nothing may be sent from", DEC)
field("ack.ranges", ProtoField.uint64, "Missing ranges", DEC)
field("ack.first", ProtoField.uint64, "Missing from", DEC)
field("ack.last", ProtoField.uint64, "Missing to (exclusive)", DEC)
field("refuse.text", ProtoField.string, "Why")
link.fields = fields

local function fault(key, text)
    return ProtoExpert.new("pfsyncd." .. key, text, expert.group.MALFORMED, expert.severity.ERROR)
end

local e = {
    bad_version = fault("bad_version", "not layout 1"),
    bad_key = fault("bad_key", "a key: version 1 has none"),
    bad_length = fault("bad_length", "length that contradicts the frame"),
    bad_checksum = fault("bad_checksum", "wrong checksum"),
    bad_type = fault("bad_type", "unknown type"),
}
link.experts = { e.bad_version, e.bad_key, e.bad_length, e.bad_checksum, e.bad_type }

link.prefs.protocol = Pref.uint("IP protocol", 253, "Of the carrier raw")
link.prefs.port = Pref.uint("UDP port", 4240, "Of the carrier udp")
link.prefs.checksum = Pref.bool("Check the CRC32C", true, "Costs time with large captures")

-- CRC32C, reflected, polynomial 0x1EDC6F41.
local crc_table = {}
for i = 0, 255 do
    local value = i
    for _ = 1, 8 do
        local shifted = bit.rshift(value, 1)
        value = bit.band(value, 1) == 1 and bit.bxor(shifted, bit.tobit(0x82F63B78)) or shifted
    end
    crc_table[i] = value
end

local function crc_of(raw)
    local value = bit.bnot(0)
    for i = 1, #raw do
        if i <= CRC or i > CRC + 4 then
            value = bit.bxor(bit.rshift(value, 8), crc_table[bit.band(bit.bxor(value, raw:byte(i)), 0xFF)])
        end
    end
    return bit.bnot(value) % 2 ^ 32
end

local function text_of(range)
    local raw = range:bytes():raw()
    local nul = raw:find("\0", 1, true)
    local text = nul and raw:sub(1, nul - 1) or raw
    return (text:gsub("[^\32-\126]", function(c) return string.format("\\x%02x", c:byte()) end))
end

-- Adds little-endian fields one after the other; answers the offset behind them.
local function add_row(tree, tvb, offset, row)
    for _, column in ipairs(row) do
        tree:add_le(f[column[1]], tvb(offset, column[2]))
        offset = offset + column[2]
    end
    return offset
end

local POSITIONS = {
    { "received.incarnation", 8 }, { "received.sequence", 8 }, { "newest.incarnation", 8 }, { "newest.sequence", 8 },
    { "time", 8 }, { "age", 8 },
}

local function add_member(tree, tvb, offset)
    local item = tree:add(f["member"], tvb(offset, 89))
    item:add_le(f["member.node"], tvb(offset, 8))
    local name = text_of(tvb(offset + 8, 64))
    item:add(f["member.name"], tvb(offset + 8, 64), name)
    if tvb(offset + 88, 1):uint() == 6 then
        item:add(f["member.address6"], tvb(offset + 72, 16))
    else
        item:add(f["member.address"], tvb(offset + 72, 4))
    end
    item:add(f["member.family"], tvb(offset + 88, 1))
    item:append_text(": " .. name)
end

-- By type: the shortest payload, and what it says. The range given holds the whole payload; false for a wrong length.
local payloads = {}

payloads[1] = { 121, function(tree, tvb)
    add_row(tree, tvb, 0,
        { { "hello.lowest", 1 }, { "hello.highest", 1 }, { "hello.flags", 2 }, { "hello.window", 4 } })
    add_row(tree, tvb, 8, POSITIONS)
    local name = text_of(tvb(56, 64))
    tree:add(f["hello.name"], tvb(56, 64), name)
    tree:add(f["hello.members"], tvb(120, 1))
    local count = tvb(120, 1):uint()
    if tvb:len() ~= 121 + 89 * count then
        return false
    end
    for i = 0, count - 1 do
        add_member(tree, tvb, 121 + 89 * i)
    end
    return true, name
end }

payloads[2] = { 8, function(tree, tvb)
    tree:add_le(f["offset"], tvb(0, 8))
    if tvb:len() > 8 then
        tree:add(f["data"], tvb(8, tvb:len() - 8))
    end
    return true, string.format("%s + %d", tostring(tvb(0, 8):le_uint64()), tvb:len() - 8)
end }

payloads[3] = { 72, function(tree, tvb)
    add_row(tree, tvb, 0, { { "offset", 8 }, { "ack.limit", 8 } })
    add_row(tree, tvb, 16, POSITIONS)
    tree:add_le(f["ack.ranges"], tvb(64, 8))
    local count = tvb(64, 4):le_uint()
    if tvb(68, 4):le_uint() ~= 0 or count > 8 or tvb:len() ~= 72 + 16 * count then
        return false
    end
    for i = 0, count - 1 do
        add_row(tree, tvb, 72 + 16 * i, { { "ack.first", 8 }, { "ack.last", 8 } })
    end
    return true, string.format("%s, %d missing ranges", tostring(tvb(0, 8):le_uint64()), count)
end }

payloads[4] = { 8, function(tree, tvb)
    tree:add_le(f["offset"], tvb(0, 8))
    return tvb:len() == 8, tostring(tvb(0, 8):le_uint64())
end }

payloads[5] = { 400, function(tree, tvb)
    local text = text_of(tvb(0, 400))
    tree:add(f["refuse.text"], tvb(0, 400), text)
    return tvb:len() == 400, text
end }

local function add_header(tree, tvb)
    tree:add(f["magic"], tvb(0, 4), "PFSL")
    local version = tree:add(f["version"], tvb(4, 1))
    if tvb(4, 1):uint() ~= 1 then
        version:add_proto_expert_info(e.bad_version)
    end
    local kind = tree:add(f["type"], tvb(5, 1))
    if not TYPES[tvb(5, 1):uint()] then
        kind:add_proto_expert_info(e.bad_type)
    end
    local key = tree:add_le(f["key"], tvb(6, 2))
    if tvb(6, 2):le_uint() ~= 0 then
        key:add_proto_expert_info(e.bad_key)
    end
    add_row(tree, tvb, 8, { { "counter", 8 }, { "node", 8 }, { "session", 8 }, { "peer_session", 8 } })
    local length = tree:add_le(f["length"], tvb(40, 2))
    tree:add_le(f["flags"], tvb(42, 2))
    return length, tree:add_le(f["crc"], tvb(44, 4))
end

local function add_payload(tree, tvb, kind, length, length_item)
    local row = payloads[kind]
    local is_right, text = false, nil
    if row and length >= row[1] then
        is_right, text = row[2](tree, tvb(HEADER, length):tvb())
    elseif length > 0 then
        tree:add(f["data"], tvb(HEADER, length))
    end
    if row and not is_right then
        length_item:add_proto_expert_info(e.bad_length, "not the length of a " .. TYPES[kind])
    end
    return text
end

function link.dissector(tvb, pinfo, root)
    local captured, reported = tvb:captured_len(), tvb:reported_len()
    if captured < HEADER or tvb(0, 4):le_uint() ~= MAGIC then
        return 0
    end
    pinfo.cols.protocol = "PFSYNCD"
    local kind, length = tvb(5, 1):uint(), tvb(40, 2):le_uint()
    local summary = TYPES[kind] or "UNKNOWN"
    local tree = root:add(link, tvb())
    local length_item, crc_item = add_header(tree, tvb)
    local tag = tvb(6, 2):le_uint() ~= 0 and 16 or 0
    if HEADER + length + tag ~= reported then
        length_item:add_proto_expert_info(e.bad_length, HEADER + length + tag .. " bytes, the frame has " .. reported)
    elseif captured == reported then
        if link.prefs.checksum and tag == 0 and crc_of(tvb():bytes():raw()) ~= tvb(CRC, 4):le_uint() then
            crc_item:add_proto_expert_info(e.bad_checksum)
        end
        local text = add_payload(tree, tvb, kind, length, length_item)
        summary = text and summary .. " " .. text or summary
        if tag > 0 then
            tree:add(f["tag"], tvb(HEADER + length, tag))
        end
    end
    tree:append_text(", " .. summary)
    pinfo.cols.info = summary
    return captured
end

-- Where the dissector is registered now: the preferences move it.
local registered = {}

local function register(name, number)
    if registered[name] == number then
        return
    end
    local numbers = DissectorTable.get(name)
    if registered[name] then
        numbers:remove(registered[name], link)
    end
    numbers:add(number, link)
    registered[name] = number
end

local function register_all()
    register("ip.proto", link.prefs.protocol)
    register("udp.port", link.prefs.port)
end

link.prefs_changed = register_all
register_all()
