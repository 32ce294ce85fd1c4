local ages = {}
for i = 0, 199999 do
    ages["user" .. i] = i
end
local sum = 0
for i = 0, 199999 do
    sum = sum + ages["user" .. i]
end
return sum
