local count = 500000
local values = {}
for i = 0, count - 1 do
    values[#values + 1] = i * 3
end
local sum = 0
for i = 1, count do
    sum = sum + values[i]
end
for i = 2, count do
    values[i] = values[i - 1] + 1
end
for _, value in ipairs(values) do
    sum = sum + value
end
return sum
