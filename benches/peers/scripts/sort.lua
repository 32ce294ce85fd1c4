local count = 1500
local values = {}
local seed = 42
for i = 1, count do
    seed = seed * 16807 % 2147483647
    values[i] = seed % 100000
end
for i = 2, count do
    local value = values[i]
    local j = i - 1
    while j >= 1 and values[j] > value do
        values[j + 1] = values[j]
        j = j - 1
    end
    values[j + 1] = value
end
local sum = 0
for i = 1, count do
    sum = (sum * 31 + values[i]) % 1000003
end
return sum
