local function split(text, separator)
    local parts = {}
    for part in text:gmatch("[^" .. separator .. "]+") do
        parts[#parts + 1] = part
    end
    return parts
end

local pieces = {}
for i = 0, 10000 - 1 do
    pieces[#pieces + 1] = "item " .. i .. ",red lamp,open"
end
local text = table.concat(pieces, "\n")
local changed = {}
local fields = 0
for _, line in ipairs(split(text, "\n")) do
    fields = fields + #split(line, ",")
    changed[#changed + 1] = line:gsub("red", "green")
end
local joined = table.concat(changed, "\n"):gsub("open", "closed")
return fields * 10000000 + #joined
