local sum = 0
for i = 0, 999 do
    for j = 0, 5000 - 1 do
        sum = (sum + i * j) % 1000003
    end
end
return sum
