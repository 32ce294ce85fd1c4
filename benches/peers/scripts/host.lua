local sum = 0
for i = 0, 1000000 - 1 do
    sum = sum + weight(i)
end
return sum
