-- Not by repeated `..`, which is quadratic: a list joined at the end is how Lua does it.
local parts = {}
for i = 0, 200000 - 1 do
    parts[#parts + 1] = "line "
    parts[#parts + 1] = i
    parts[#parts + 1] = ";"
end
return #table.concat(parts)
