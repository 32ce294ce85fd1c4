local function risky(n)
    if n % 2 == 0 then
        error("even")
    end
    return n
end

local sum = 0
for i = 0, 200000 - 1 do
    local fine, value = pcall(risky, i)
    if fine then
        sum = sum + value
    else
        sum = sum - 1
    end
end
return sum
