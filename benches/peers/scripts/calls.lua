local function mix(a, b, c, d)
    return a + b * 2 - c + d % 10
end

local sum = 0
for i = 0, 2000000 - 1 do
    sum = sum + mix(i, 1, i, i)
end
return sum
