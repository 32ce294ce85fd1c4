local limit = 500000
local composite = {}
for i = 0, limit - 1 do
    composite[#composite + 1] = false
end
local primes = 0
for i = 2, limit - 1 do
    if not composite[i + 1] then
        primes = primes + 1
        for j = i * 2, limit - 1, i do
            composite[j + 1] = true
        end
    end
end
return primes
