local lines = {}
for i = 0, 110 - 1 do
    lines[#lines + 1] = {
        name = "article number " .. i,
        count = i * 7,
        price = 1.25,
        open = i % 2 == 0,
        tags = { "red", "round", "new" },
    }
end
local total = 0
for turn = 1, 20 do
    local text = to_json(lines)
    local again = from_json(text)
    total = total + #text
    total = total + again[turn].count
    lines = again
end
return total
