local ages = {}
for i = 0, 200000 - 1 do
    ages["user" .. i] = i
end
local sum = 0
for i = 0, 200000 - 1 do
    sum = sum + ages["user" .. i]
end
return sum
